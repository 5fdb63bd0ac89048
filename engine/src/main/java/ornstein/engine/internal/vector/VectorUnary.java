package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.SQRT;
import static ornstein.engine.internal.Polynomials.LN2;
import static ornstein.engine.internal.Polynomials.LOG_10;
import static ornstein.engine.internal.Polynomials.LOG_2;
import static ornstein.engine.internal.Polynomials.LOG_3;
import static ornstein.engine.internal.Polynomials.LOG_4;
import static ornstein.engine.internal.Polynomials.LOG_5;
import static ornstein.engine.internal.Polynomials.LOG_6;
import static ornstein.engine.internal.Polynomials.LOG_7;
import static ornstein.engine.internal.Polynomials.LOG_8;
import static ornstein.engine.internal.Polynomials.LOG_9;
import static ornstein.engine.internal.Polynomials.ROUNDER;
import static ornstein.engine.internal.Polynomials.TWO_THIRDS_BITS;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;

/**
 * The loops of {@link ornstein.engine.kernel.Unary} without an exponential. Each writes the leading
 * whole vectors of a range and returns the number of elements written.
 */
final class VectorUnary {
  private VectorUnary() {}

  static int log(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      VectorMask<Float> subnormal = v.lt(Float.MIN_NORMAL);
      IntVector bits = v.blend(v.mul(0x1p23f), subnormal).reinterpretAsInts();
      IntVector exponent = bits.sub(TWO_THIRDS_BITS).lanewise(ASHR, 23);
      FloatVector f = bits.sub(exponent.lanewise(LSHL, 23)).reinterpretAsFloats().sub(1f);
      FloatVector p =
          broadcast(SPECIES, LOG_10)
              .fma(f, broadcast(SPECIES, LOG_9))
              .fma(f, broadcast(SPECIES, LOG_8))
              .fma(f, broadcast(SPECIES, LOG_7))
              .fma(f, broadcast(SPECIES, LOG_6))
              .fma(f, broadcast(SPECIES, LOG_5))
              .fma(f, broadcast(SPECIES, LOG_4))
              .fma(f, broadcast(SPECIES, LOG_3))
              .fma(f, broadcast(SPECIES, LOG_2));
      // Small integers become floats by the rounder, backwards.
      IntVector raised = exponent.add(Float.floatToRawIntBits(ROUNDER));
      FloatVector extra = broadcast(SPECIES, 0f).blend(-23f, subnormal);
      FloatVector whole = raised.reinterpretAsFloats().sub(ROUNDER).add(extra);
      FloatVector log = whole.fma(broadcast(SPECIES, LN2), p.fma(f.mul(f), f));
      v.blend(log, v.lt(Float.POSITIVE_INFINITY))
          .blend(Float.NEGATIVE_INFINITY, v.eq(0f))
          .blend(Float.NaN, v.lt(0f))
          .intoArray(y, yo + i);
    }
    return end;
  }

  static int sqrt(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      v.lanewise(SQRT).intoArray(y, yo + i);
    }
    return end;
  }

  static int reciprocal(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector one = broadcast(SPECIES, 1f);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      one.div(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int square(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      v.mul(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int abs(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      v.abs().intoArray(y, yo + i);
    }
    return end;
  }

  static int relu(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      v.blend(0f, v.compare(LE, 0f)).intoArray(y, yo + i);
    }
    return end;
  }
}
