package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static ornstein.engine.internal.Polynomials.ERFC_0;
import static ornstein.engine.internal.Polynomials.ERFC_1;
import static ornstein.engine.internal.Polynomials.ERFC_2;
import static ornstein.engine.internal.Polynomials.ERFC_3;
import static ornstein.engine.internal.Polynomials.ERFC_4;
import static ornstein.engine.internal.Polynomials.ERFC_5;
import static ornstein.engine.internal.Polynomials.ERFC_6;
import static ornstein.engine.internal.Polynomials.ERFC_7;
import static ornstein.engine.internal.Polynomials.ERFC_8;
import static ornstein.engine.internal.Polynomials.ERFC_9;
import static ornstein.engine.internal.Polynomials.ERFC_HIGHEST;
import static ornstein.engine.internal.Polynomials.ERFC_MIDDLE;
import static ornstein.engine.internal.Polynomials.ERF_1;
import static ornstein.engine.internal.Polynomials.ERF_11;
import static ornstein.engine.internal.Polynomials.ERF_13;
import static ornstein.engine.internal.Polynomials.ERF_3;
import static ornstein.engine.internal.Polynomials.ERF_5;
import static ornstein.engine.internal.Polynomials.ERF_7;
import static ornstein.engine.internal.Polynomials.ERF_9;
import static ornstein.engine.internal.Polynomials.ERF_JOINT;
import static ornstein.engine.internal.Polynomials.ERF_SLOPE;
import static ornstein.engine.internal.Polynomials.EXP_2;
import static ornstein.engine.internal.Polynomials.EXP_3;
import static ornstein.engine.internal.Polynomials.EXP_4;
import static ornstein.engine.internal.Polynomials.EXP_5;
import static ornstein.engine.internal.Polynomials.EXP_6;
import static ornstein.engine.internal.Polynomials.EXP_LOWEST;
import static ornstein.engine.internal.Polynomials.LIFTED_ROUNDER;
import static ornstein.engine.internal.Polynomials.LN2_HIGH;
import static ornstein.engine.internal.Polynomials.LN2_LOW;
import static ornstein.engine.internal.Polynomials.LOG2_E;
import static ornstein.engine.internal.Polynomials.LOWER;
import static ornstein.engine.internal.Polynomials.NORMAL_PEAK;
import static ornstein.engine.internal.Polynomials.ROOT_HALF;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * The loops around the error function, operation by operation as {@link
 * ornstein.engine.internal.scalar.ScalarMath}. Each writes the leading whole vectors of a range and
 * returns the number of elements written.
 */
final class VectorErf {
  private VectorErf() {}

  /** y = erf x. */
  static int erf(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector a = v.abs();
      FloatVector z = a.mul(a);
      FloatVector near =
          broadcast(SPECIES, ERF_13)
              .fma(z, broadcast(SPECIES, ERF_11))
              .fma(z, broadcast(SPECIES, ERF_9))
              .fma(z, broadcast(SPECIES, ERF_7))
              .fma(z, broadcast(SPECIES, ERF_5))
              .fma(z, broadcast(SPECIES, ERF_3))
              .fma(z, broadcast(SPECIES, ERF_1))
              .fma(a, a);
      FloatVector b = a.blend(ERFC_HIGHEST, a.compare(GT, ERFC_HIGHEST)).sub(ERFC_MIDDLE);
      FloatVector p =
          broadcast(SPECIES, ERFC_9)
              .fma(b, broadcast(SPECIES, ERFC_8))
              .fma(b, broadcast(SPECIES, ERFC_7))
              .fma(b, broadcast(SPECIES, ERFC_6))
              .fma(b, broadcast(SPECIES, ERFC_5))
              .fma(b, broadcast(SPECIES, ERFC_4))
              .fma(b, broadcast(SPECIES, ERFC_3))
              .fma(b, broadcast(SPECIES, ERFC_2))
              .fma(b, broadcast(SPECIES, ERFC_1))
              .fma(b, broadcast(SPECIES, ERFC_0));
      FloatVector exponent = z.neg();
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
      FloatVector away = power.neg().fma(p, broadcast(SPECIES, 1f));
      IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
      IntVector magnitude = away.blend(near, a.lt(ERF_JOINT)).reinterpretAsInts();
      magnitude.or(sign).reinterpretAsFloats().intoArray(y, yo + i);
    }
    return end;
  }

  /** gx = gy · 2/√π · e<sup>−x²</sup>. */
  static int erfGradient(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector exponent = v.mul(v).neg();
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
      fromArray(SPECIES, gy, go + i).mul(power.mul(ERF_SLOPE)).intoArray(gx, ro + i);
    }
    return end;
  }

  /** y = x · Φ(x). */
  static int gelu(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector a = v.abs().mul(ROOT_HALF);
      FloatVector z = a.mul(a);
      FloatVector near =
          broadcast(SPECIES, ERF_13)
              .fma(z, broadcast(SPECIES, ERF_11))
              .fma(z, broadcast(SPECIES, ERF_9))
              .fma(z, broadcast(SPECIES, ERF_7))
              .fma(z, broadcast(SPECIES, ERF_5))
              .fma(z, broadcast(SPECIES, ERF_3))
              .fma(z, broadcast(SPECIES, ERF_1))
              .fma(a, a);
      FloatVector b = a.blend(ERFC_HIGHEST, a.compare(GT, ERFC_HIGHEST)).sub(ERFC_MIDDLE);
      FloatVector p =
          broadcast(SPECIES, ERFC_9)
              .fma(b, broadcast(SPECIES, ERFC_8))
              .fma(b, broadcast(SPECIES, ERFC_7))
              .fma(b, broadcast(SPECIES, ERFC_6))
              .fma(b, broadcast(SPECIES, ERFC_5))
              .fma(b, broadcast(SPECIES, ERFC_4))
              .fma(b, broadcast(SPECIES, ERFC_3))
              .fma(b, broadcast(SPECIES, ERFC_2))
              .fma(b, broadcast(SPECIES, ERFC_1))
              .fma(b, broadcast(SPECIES, ERFC_0));
      FloatVector exponent = z.neg();
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
      IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
      FloatVector erf = near.reinterpretAsInts().or(sign).reinterpretAsFloats();
      FloatVector half = broadcast(SPECIES, 0.5f);
      FloatVector tail = power.mul(0.5f).mul(p);
      FloatVector distribution =
          broadcast(SPECIES, 1f)
              .sub(tail)
              .blend(tail, v.lt(0f))
              .blend(half.fma(erf, half), a.lt(ERF_JOINT));
      v.mul(distribution).intoArray(y, yo + i);
    }
    return end;
  }

  /** gx = gy · (Φ(x) + x · φ(x)). */
  static int geluGradient(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector a = v.abs().mul(ROOT_HALF);
      FloatVector z = a.mul(a);
      FloatVector near =
          broadcast(SPECIES, ERF_13)
              .fma(z, broadcast(SPECIES, ERF_11))
              .fma(z, broadcast(SPECIES, ERF_9))
              .fma(z, broadcast(SPECIES, ERF_7))
              .fma(z, broadcast(SPECIES, ERF_5))
              .fma(z, broadcast(SPECIES, ERF_3))
              .fma(z, broadcast(SPECIES, ERF_1))
              .fma(a, a);
      FloatVector b = a.blend(ERFC_HIGHEST, a.compare(GT, ERFC_HIGHEST)).sub(ERFC_MIDDLE);
      FloatVector p =
          broadcast(SPECIES, ERFC_9)
              .fma(b, broadcast(SPECIES, ERFC_8))
              .fma(b, broadcast(SPECIES, ERFC_7))
              .fma(b, broadcast(SPECIES, ERFC_6))
              .fma(b, broadcast(SPECIES, ERFC_5))
              .fma(b, broadcast(SPECIES, ERFC_4))
              .fma(b, broadcast(SPECIES, ERFC_3))
              .fma(b, broadcast(SPECIES, ERFC_2))
              .fma(b, broadcast(SPECIES, ERFC_1))
              .fma(b, broadcast(SPECIES, ERFC_0));
      FloatVector exponent = z.neg();
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
      IntVector sign = v.reinterpretAsInts().and(Integer.MIN_VALUE);
      FloatVector erf = near.reinterpretAsInts().or(sign).reinterpretAsFloats();
      FloatVector half = broadcast(SPECIES, 0.5f);
      FloatVector tail = power.mul(0.5f).mul(p);
      FloatVector distribution =
          broadcast(SPECIES, 1f)
              .sub(tail)
              .blend(tail, v.lt(0f))
              .blend(half.fma(erf, half), a.lt(ERF_JOINT));
      FloatVector slope = v.fma(power.mul(NORMAL_PEAK), distribution);
      fromArray(SPECIES, gy, go + i).mul(slope).intoArray(gx, ro + i);
    }
    return end;
  }
}
