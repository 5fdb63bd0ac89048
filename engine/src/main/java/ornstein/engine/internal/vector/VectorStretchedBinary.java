package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * One loop per function of {@link ornstein.engine.kernel.Binary} on a range and one stretched
 * element, which stands second, or first where the name ends in From. Each writes the leading whole
 * vectors and returns the number of elements written.
 */
final class VectorStretchedBinary {
  private VectorStretchedBinary() {}

  static int add(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      u.add(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int subtract(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      u.sub(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int multiply(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      u.mul(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int divide(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      u.div(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int maximum(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      u.max(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int minimum(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      u.min(v).intoArray(y, yo + i);
    }
    return end;
  }

  static int less(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      zero.blend(1f, u.lt(v)).intoArray(y, yo + i);
    }
    return end;
  }

  static int equal(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      zero.blend(1f, u.eq(v)).intoArray(y, yo + i);
    }
    return end;
  }

  static int subtractFrom(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      v.sub(u).intoArray(y, yo + i);
    }
    return end;
  }

  static int divideFrom(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      v.div(u).intoArray(y, yo + i);
    }
    return end;
  }

  static int lessFrom(float[] a, int ao, float b, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector v = broadcast(SPECIES, b);
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector u = fromArray(SPECIES, a, ao + i);
      zero.blend(1f, v.lt(u)).intoArray(y, yo + i);
    }
    return end;
  }
}
