package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static ornstein.engine.internal.Polynomials.EXP_2;
import static ornstein.engine.internal.Polynomials.EXP_3;
import static ornstein.engine.internal.Polynomials.EXP_4;
import static ornstein.engine.internal.Polynomials.EXP_5;
import static ornstein.engine.internal.Polynomials.EXP_6;
import static ornstein.engine.internal.Polynomials.EXP_LOWEST;
import static ornstein.engine.internal.Polynomials.LIFTED_ROUNDER;
import static ornstein.engine.internal.Polynomials.LN2_HIGH;
import static ornstein.engine.internal.Polynomials.LN2_LOW;
import static ornstein.engine.internal.Polynomials.LOG1P_3;
import static ornstein.engine.internal.Polynomials.LOG1P_5;
import static ornstein.engine.internal.Polynomials.LOG1P_7;
import static ornstein.engine.internal.Polynomials.LOG1P_9;
import static ornstein.engine.internal.Polynomials.LOG2_E;
import static ornstein.engine.internal.Polynomials.LOWER;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import ornstein.engine.kernel.Unary;

/**
 * The functions of e<sup>−|x|</sup>: SIGMOID, SILU and SOFTPLUS, operation by operation as {@link
 * ornstein.engine.internal.scalar.ScalarMath}. Each loop writes the leading whole vectors of a
 * range and returns the number of elements written. What differs among the functions ends in a
 * store of its own, so that no vector meets another where branches join.
 */
final class VectorLogistic {
  private VectorLogistic() {}

  /** y = f(x). */
  static int apply(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector exponent = v.abs().neg();
      FloatVector c = exponent.blend(EXP_LOWEST, exponent.lt(EXP_LOWEST));
      FloatVector shifted = c.fma(broadcast(SPECIES, LOG2_E), broadcast(SPECIES, LIFTED_ROUNDER));
      FloatVector whole = shifted.sub(LIFTED_ROUNDER);
      FloatVector high = whole.fma(broadcast(SPECIES, -LN2_HIGH), c);
      FloatVector r = whole.fma(broadcast(SPECIES, -LN2_LOW), high);
      FloatVector power =
          broadcast(SPECIES, EXP_6)
              .fma(r, broadcast(SPECIES, EXP_5))
              .fma(r, broadcast(SPECIES, EXP_4))
              .fma(r, broadcast(SPECIES, EXP_3))
              .fma(r, broadcast(SPECIES, EXP_2))
              .fma(r, broadcast(SPECIES, 1f))
              .fma(r, broadcast(SPECIES, 1f))
              .mul(shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
              .mul(LOWER);
      if (f == Unary.SOFTPLUS) {
        FloatVector s = power.add(power).div(power.add(2f));
        FloatVector z = s.mul(s);
        FloatVector p =
            broadcast(SPECIES, LOG1P_9)
                .fma(z, broadcast(SPECIES, LOG1P_7))
                .fma(z, broadcast(SPECIES, LOG1P_5))
                .fma(z, broadcast(SPECIES, LOG1P_3));
        v.blend(0f, v.compare(LE, 0f)).add(p.fma(z.mul(s), s)).intoArray(y, yo + i);
      } else {
        FloatVector numerator = broadcast(SPECIES, 1f).blend(power, v.lt(0f));
        FloatVector sigmoid = numerator.div(power.add(1f));
        if (f == Unary.SILU) {
          v.mul(sigmoid).intoArray(y, yo + i);
        } else {
          sigmoid.intoArray(y, yo + i);
        }
      }
    }
    return end;
  }

  /** gx = gy · f′(x). */
  static int gradient(Unary f, float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector g = fromArray(SPECIES, gy, go + i);
      FloatVector exponent = v.abs().neg();
      FloatVector c = exponent.blend(EXP_LOWEST, exponent.lt(EXP_LOWEST));
      FloatVector shifted = c.fma(broadcast(SPECIES, LOG2_E), broadcast(SPECIES, LIFTED_ROUNDER));
      FloatVector whole = shifted.sub(LIFTED_ROUNDER);
      FloatVector high = whole.fma(broadcast(SPECIES, -LN2_HIGH), c);
      FloatVector r = whole.fma(broadcast(SPECIES, -LN2_LOW), high);
      FloatVector power =
          broadcast(SPECIES, EXP_6)
              .fma(r, broadcast(SPECIES, EXP_5))
              .fma(r, broadcast(SPECIES, EXP_4))
              .fma(r, broadcast(SPECIES, EXP_3))
              .fma(r, broadcast(SPECIES, EXP_2))
              .fma(r, broadcast(SPECIES, 1f))
              .fma(r, broadcast(SPECIES, 1f))
              .mul(shifted.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats())
              .mul(LOWER);
      FloatVector d = power.add(1f);
      if (f == Unary.SIGMOID) {
        g.mul(power.div(d.mul(d))).intoArray(gx, ro + i);
      } else {
        FloatVector sigmoid = broadcast(SPECIES, 1f).blend(power, v.lt(0f)).div(d);
        if (f == Unary.SILU) {
          g.mul(v.fma(power.div(d.mul(d)), sigmoid)).intoArray(gx, ro + i);
        } else {
          g.mul(sigmoid).intoArray(gx, ro + i);
        }
      }
    }
    return end;
  }
}
