package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.SQRT;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import ornstein.engine.internal.AdamCoefficients;

/**
 * The remaining pointwise loops of {@link ornstein.engine.internal.Loops}. Each writes the leading
 * whole vectors of a range and returns the number of elements written.
 */
final class VectorPointwise {
  private VectorPointwise() {}

  static int affine(float scale, float shift, float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      fromArray(SPECIES, x, xo + i)
          .fma(broadcast(SPECIES, scale), broadcast(SPECIES, shift))
          .intoArray(y, yo + i);
    }
    return end;
  }

  static int clamp(float low, float high, float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      fromArray(SPECIES, x, xo + i).max(low).min(high).intoArray(y, yo + i);
    }
    return end;
  }

  static int clampGradient(
      float low, float high, float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector v = fromArray(SPECIES, x, xo + i);
      VectorMask<Float> inside = v.compare(GE, low).and(v.compare(LE, high));
      broadcast(SPECIES, 0f).blend(fromArray(SPECIES, gy, go + i), inside).intoArray(gx, ro + i);
    }
    return end;
  }

  static int maxInto(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      fromArray(SPECIES, y, yo + i).max(fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
    return end;
  }

  static int softmaxGradient(
      float shift, float[] probabilities, int po, float[] gy, int go, float[] gx, int xo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      fromArray(SPECIES, probabilities, po + i)
          .mul(fromArray(SPECIES, gy, go + i).sub(shift))
          .intoArray(gx, xo + i);
    }
    return end;
  }

  static int adam(
      AdamCoefficients c,
      float[] g,
      int go,
      float[] p,
      int po,
      float[] m,
      int mo,
      float[] v,
      int vo,
      int n) {
    int end = SPECIES.loopBound(n);
    float scale = c.gradientScale();
    float oneMinusBeta1 = c.oneMinusBeta1();
    float oneMinusBeta2 = c.oneMinusBeta2();
    float decay = c.decay();
    FloatVector rootCorrection = broadcast(SPECIES, c.rootCorrection());
    FloatVector epsilon = broadcast(SPECIES, c.epsilon());
    FloatVector l2 = broadcast(SPECIES, c.l2());
    FloatVector beta1 = broadcast(SPECIES, c.beta1());
    FloatVector beta2 = broadcast(SPECIES, c.beta2());
    FloatVector minusStep = broadcast(SPECIES, -c.step());
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector old = fromArray(SPECIES, p, po + i);
      FloatVector gradient = l2.fma(old, fromArray(SPECIES, g, go + i).mul(scale));
      FloatVector first = beta1.fma(fromArray(SPECIES, m, mo + i), gradient.mul(oneMinusBeta1));
      FloatVector square = gradient.mul(gradient);
      FloatVector second = beta2.fma(fromArray(SPECIES, v, vo + i), square.mul(oneMinusBeta2));
      FloatVector denominator = second.lanewise(SQRT).fma(rootCorrection, epsilon);
      first.intoArray(m, mo + i);
      second.intoArray(v, vo + i);
      minusStep.fma(first.div(denominator), old.mul(decay)).intoArray(p, po + i);
    }
    return end;
  }

  static int lerp(float weight, float[] x, int xo, float[] average, int ao, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      FloatVector old = fromArray(SPECIES, average, ao + i);
      broadcast(SPECIES, weight)
          .fma(fromArray(SPECIES, x, xo + i).sub(old), old)
          .intoArray(average, ao + i);
    }
    return end;
  }
}
