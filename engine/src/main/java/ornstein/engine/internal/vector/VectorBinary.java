package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.fromArray;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * One loop per function of {@link ornstein.engine.kernel.Binary} on two ranges. Each writes the
 * leading whole vectors and returns the number of elements written.
 */
final class VectorBinary {
  private VectorBinary() {}

  static int add(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      FloatVector v = fromArray(SPECIES, b, bo + i);
      u.add(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int subtract(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      FloatVector v = fromArray(SPECIES, b, bo + i);
      u.sub(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int multiply(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      FloatVector v = fromArray(SPECIES, b, bo + i);
      u.mul(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int divide(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      FloatVector v = fromArray(SPECIES, b, bo + i);
      u.div(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int maximum(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      FloatVector v = fromArray(SPECIES, b, bo + i);
      u.max(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int minimum(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      FloatVector v = fromArray(SPECIES, b, bo + i);
      u.min(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int less(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      FloatVector v = fromArray(SPECIES, b, bo + i);
      zero.blend(1f, u.lt(v)).intoArray(y, yo + i);
    }
    return end;
  }

  static int equal(float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      FloatVector v = fromArray(SPECIES, b, bo + i);
      zero.blend(1f, u.eq(v)).intoArray(y, yo + i);
    }
    return end;
  }
}
