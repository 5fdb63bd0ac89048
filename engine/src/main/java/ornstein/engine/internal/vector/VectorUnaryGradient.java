package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.SQRT;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The loops gx = gy · f′(x) of functions without an exponential. Each writes the leading whole
 * vectors of a range and returns the number of elements written.
 */
final class VectorUnaryGradient {
  private VectorUnaryGradient() {}

  static int log(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector g = fromArray(SPECIES, gy, go + i);
      g.div(v).intoArray(gx, ro + i);
    }
    return end;
  }

  static int sqrt(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector half = broadcast(SPECIES, 0.5f);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector g = fromArray(SPECIES, gy, go + i);
      g.mul(half.div(v.lanewise(SQRT))).intoArray(gx, ro + i);
    }
    return end;
  }

  static int reciprocal(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    FloatVector one = broadcast(SPECIES, 1f);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector g = fromArray(SPECIES, gy, go + i);
      FloatVector r = one.div(v);
      g.mul(r.mul(r).neg()).intoArray(gx, ro + i);
    }
    return end;
  }

  static int square(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector g = fromArray(SPECIES, gy, go + i);
      g.mul(v.add(v)).intoArray(gx, ro + i);
    }
    return end;
  }

  static int abs(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector g = fromArray(SPECIES, gy, go + i);
      g.mul(v.blend(1f, v.compare(GT, 0f)).blend(-1f, v.lt(0f))).intoArray(gx, ro + i);
    }
    return end;
  }

  static int relu(float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      FloatVector g = fromArray(SPECIES, gy, go + i);
      g.blend(0f, v.compare(LE, 0f)).intoArray(gx, ro + i);
    }
    return end;
  }
}
