package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static ornstein.engine.internal.Polynomials.BIASED_ROUNDER;
import static ornstein.engine.internal.Polynomials.EXP_2;
import static ornstein.engine.internal.Polynomials.EXP_3;
import static ornstein.engine.internal.Polynomials.EXP_4;
import static ornstein.engine.internal.Polynomials.EXP_5;
import static ornstein.engine.internal.Polynomials.EXP_6;
import static ornstein.engine.internal.Polynomials.EXP_FLOOR;
import static ornstein.engine.internal.Polynomials.EXP_HIGHEST;
import static ornstein.engine.internal.Polynomials.EXP_LOWEST;
import static ornstein.engine.internal.Polynomials.LN2_HIGH;
import static ornstein.engine.internal.Polynomials.LN2_LOW;
import static ornstein.engine.internal.Polynomials.LOG2_E;
import static ornstein.engine.internal.Polynomials.ROUNDER;
import static ornstein.engine.internal.Polynomials.TANH_HIGHEST;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The loops around e<sup>x</sup> and tanh x, operation by operation as {@link
 * ornstein.engine.internal.scalar.ScalarMath}. Each writes the leading whole vectors of a range and
 * returns the number of elements written.
 */
final class VectorExponential {
  private VectorExponential() {}

  /** y = exp(fma(scale, x, −shift)). */
  static int exp(float scale, float shift, float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v =
          fromArray(SPECIES, x, xo + i).fma(broadcast(SPECIES, scale), broadcast(SPECIES, -shift));
      FloatVector c =
          v.blend(EXP_LOWEST, v.lt(EXP_LOWEST)).blend(EXP_HIGHEST, v.compare(GT, EXP_HIGHEST));
      FloatVector shifted = c.fma(broadcast(SPECIES, LOG2_E), broadcast(SPECIES, ROUNDER));
      FloatVector whole = shifted.sub(ROUNDER);
      FloatVector high = whole.fma(broadcast(SPECIES, -LN2_HIGH), c);
      FloatVector r = whole.fma(broadcast(SPECIES, -LN2_LOW), high);
      FloatVector power =
          broadcast(SPECIES, EXP_6)
              .fma(r, broadcast(SPECIES, EXP_5))
              .fma(r, broadcast(SPECIES, EXP_4))
              .fma(r, broadcast(SPECIES, EXP_3))
              .fma(r, broadcast(SPECIES, EXP_2))
              .fma(r, broadcast(SPECIES, 1f))
              .fma(r, broadcast(SPECIES, 1f));
      IntVector exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDER));
      IntVector half = exponent.lanewise(ASHR, 1);
      IntVector rest = exponent.sub(half);
      power
          .mul(half.add(127).lanewise(LSHL, 23).reinterpretAsFloats())
          .mul(rest.add(127).lanewise(LSHL, 23).reinterpretAsFloats())
          .intoArray(y, yo + i);
    }
    return end;
  }

  /**
   * x = exp(max(fma(scale, x, −shift), EXP_FLOOR)) down one vector of columns, and their sum: the
   * result is a normal number, so that one power of two scales it. Arguments are not above 0 by
   * more than a rounding.
   */
  static void flooredExpRows(
      float scale,
      float[] shift,
      int ho,
      float[] x,
      int xo,
      int rows,
      int stride,
      float[] sums,
      int so) {
    FloatVector minus = fromArray(SPECIES, shift, ho).neg();
    FloatVector sum = FloatVector.zero(SPECIES);
    for (int i = 0; i < rows; i++) {
      int at = xo + i * stride;
      FloatVector v = fromArray(SPECIES, x, at).fma(broadcast(SPECIES, scale), minus);
      FloatVector c = v.blend(EXP_FLOOR, v.lt(EXP_FLOOR));
      FloatVector shifted = c.fma(broadcast(SPECIES, LOG2_E), broadcast(SPECIES, BIASED_ROUNDER));
      FloatVector whole = shifted.sub(BIASED_ROUNDER);
      FloatVector high = whole.fma(broadcast(SPECIES, -LN2_HIGH), c);
      FloatVector r = whole.fma(broadcast(SPECIES, -LN2_LOW), high);
      FloatVector power =
          broadcast(SPECIES, EXP_6)
              .fma(r, broadcast(SPECIES, EXP_5))
              .fma(r, broadcast(SPECIES, EXP_4))
              .fma(r, broadcast(SPECIES, EXP_3))
              .fma(r, broadcast(SPECIES, EXP_2))
              .fma(r, broadcast(SPECIES, 1f))
              .fma(r, broadcast(SPECIES, 1f));
      FloatVector e =
          power.mul(shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats());
      e.intoArray(x, at);
      sum = sum.add(e);
    }
    sum.intoArray(sums, so);
  }

  /** gx = gy · e<sup>x</sup>. */
  static int expGradient(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector c =
          v.blend(EXP_LOWEST, v.lt(EXP_LOWEST)).blend(EXP_HIGHEST, v.compare(GT, EXP_HIGHEST));
      FloatVector shifted = c.fma(broadcast(SPECIES, LOG2_E), broadcast(SPECIES, ROUNDER));
      FloatVector whole = shifted.sub(ROUNDER);
      FloatVector high = whole.fma(broadcast(SPECIES, -LN2_HIGH), c);
      FloatVector r = whole.fma(broadcast(SPECIES, -LN2_LOW), high);
      FloatVector power =
          broadcast(SPECIES, EXP_6)
              .fma(r, broadcast(SPECIES, EXP_5))
              .fma(r, broadcast(SPECIES, EXP_4))
              .fma(r, broadcast(SPECIES, EXP_3))
              .fma(r, broadcast(SPECIES, EXP_2))
              .fma(r, broadcast(SPECIES, 1f))
              .fma(r, broadcast(SPECIES, 1f));
      IntVector exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUNDER));
      IntVector half = exponent.lanewise(ASHR, 1);
      IntVector rest = exponent.sub(half);
      FloatVector slope =
          power
              .mul(half.add(127).lanewise(LSHL, 23).reinterpretAsFloats())
              .mul(rest.add(127).lanewise(LSHL, 23).reinterpretAsFloats());
      fromArray(SPECIES, gy, go + i).mul(slope).intoArray(gx, ro + i);
    }
    return end;
  }

  /** y = tanh x. */
  static int tanh(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector a = v.abs();
      FloatVector c = a.blend(TANH_HIGHEST, a.compare(GT, TANH_HIGHEST));
      FloatVector twice = c.add(c);
      FloatVector shifted =
          twice.fma(broadcast(SPECIES, LOG2_E), broadcast(SPECIES, BIASED_ROUNDER));
      FloatVector whole = shifted.sub(BIASED_ROUNDER);
      FloatVector high = whole.fma(broadcast(SPECIES, -LN2_HIGH), twice);
      FloatVector r = whole.fma(broadcast(SPECIES, -LN2_LOW), high);
      FloatVector p =
          broadcast(SPECIES, EXP_6)
              .fma(r, broadcast(SPECIES, EXP_5))
              .fma(r, broadcast(SPECIES, EXP_4))
              .fma(r, broadcast(SPECIES, EXP_3))
              .fma(r, broadcast(SPECIES, EXP_2));
      FloatVector scale = shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      FloatVector minusOne = scale.fma(p.fma(r.mul(r), r), scale.sub(1f));
      IntVector ratio = minusOne.div(minusOne.add(2f)).reinterpretAsInts();
      IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
      ratio.or(sign).reinterpretAsFloats().intoArray(y, yo + i);
    }
    return end;
  }

  /** gx = gy · (1 − tanh² x). */
  static int tanhGradient(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector a = v.abs();
      FloatVector c = a.blend(TANH_HIGHEST, a.compare(GT, TANH_HIGHEST));
      FloatVector twice = c.add(c);
      FloatVector shifted =
          twice.fma(broadcast(SPECIES, LOG2_E), broadcast(SPECIES, BIASED_ROUNDER));
      FloatVector whole = shifted.sub(BIASED_ROUNDER);
      FloatVector high = whole.fma(broadcast(SPECIES, -LN2_HIGH), twice);
      FloatVector r = whole.fma(broadcast(SPECIES, -LN2_LOW), high);
      FloatVector p =
          broadcast(SPECIES, EXP_6)
              .fma(r, broadcast(SPECIES, EXP_5))
              .fma(r, broadcast(SPECIES, EXP_4))
              .fma(r, broadcast(SPECIES, EXP_3))
              .fma(r, broadcast(SPECIES, EXP_2));
      FloatVector scale = shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      FloatVector minusOne = scale.fma(p.fma(r.mul(r), r), scale.sub(1f));
      IntVector ratio = minusOne.div(minusOne.add(2f)).reinterpretAsInts();
      IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
      FloatVector t = ratio.or(sign).reinterpretAsFloats();
      FloatVector slope = t.neg().fma(t, broadcast(SPECIES, 1f));
      fromArray(SPECIES, gy, go + i).mul(slope).intoArray(gx, ro + i);
    }
    return end;
  }
}
