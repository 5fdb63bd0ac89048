package ornstein.engine.internal.scalar;

import java.util.function.DoubleUnaryOperator;

/** Elementary functions in double precision, and the distance of a float from them. */
final class MathReference {
  private MathReference() {}

  static double sigmoid(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return (x < 0 ? e : 1) / (1 + e);
  }

  static double sigmoidDerivative(double x) {
    double e = StrictMath.exp(-Math.abs(x));
    return e / ((1 + e) * (1 + e));
  }

  static double silu(double x) {
    return x * sigmoid(x);
  }

  static double siluDerivative(double x) {
    return sigmoid(x) + x * sigmoidDerivative(x);
  }

  static double softplus(double x) {
    return Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
  }

  static double tanhDerivative(double x) {
    double t = StrictMath.tanh(x);
    return 1 - t * t;
  }

  /** Abramowitz and Stegun 7.1.6, whose terms are all of one sign; erfc beyond 3. */
  static double erf(double x) {
    if (Math.abs(x) > 3) {
      return Math.copySign(1 - erfc(Math.abs(x)), x);
    }
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / StrictMath.sqrt(Math.PI) * StrictMath.exp(-x * x) * sum;
  }

  /** Beyond 3 the continued fraction of Abramowitz and Stegun 7.1.14, from the end. */
  static double erfc(double x) {
    if (x < 3) {
      return 1 - erf(x);
    }
    double fraction = 0;
    for (int k = 60; k > 0; k--) {
      fraction = k / 2.0 / (x + fraction);
    }
    return StrictMath.exp(-x * x) / StrictMath.sqrt(Math.PI) / (x + fraction);
  }

  static double erfDerivative(double x) {
    return 2 / StrictMath.sqrt(Math.PI) * StrictMath.exp(-x * x);
  }

  static double normalDistribution(double x) {
    return erfc(-x / StrictMath.sqrt(2)) / 2;
  }

  static double gelu(double x) {
    return x * normalDistribution(x);
  }

  static double geluDerivative(double x) {
    double density = StrictMath.exp(-x * x / 2) / StrictMath.sqrt(2 * Math.PI);
    return normalDistribution(x) + x * density;
  }

  /** A function of one float. */
  interface FloatFunction {
    float apply(float x);
  }

  /** Distance in units in the last place of the exact value as a float. */
  static double ulps(float value, double exact) {
    float rounded = (float) exact;
    if (Float.isInfinite(rounded)) {
      return value == rounded ? 0 : Math.abs(value - exact) / Math.ulp(Float.MAX_VALUE);
    }
    return Math.abs(value - exact) / Math.ulp(rounded);
  }

  /** The largest distance over every {@code stride}-th float in [low, high]. */
  static double largestUlps(
      FloatFunction f, DoubleUnaryOperator exact, float low, float high, int stride) {
    double worst = 0;
    for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += stride) {
      float x = Float.intBitsToFloat((int) bits);
      if (x >= low && x <= high) {
        double ulps = ulps(f.apply(x), exact.applyAsDouble(x));
        worst = Math.max(worst, Double.isNaN(ulps) ? Double.POSITIVE_INFINITY : ulps);
      }
    }
    return worst;
  }

  /** The largest absolute error over every {@code stride}-th float in [low, high]. */
  static double largestError(
      FloatFunction f, DoubleUnaryOperator exact, float low, float high, int stride) {
    double worst = 0;
    for (long bits = Integer.MIN_VALUE; bits <= Integer.MAX_VALUE; bits += stride) {
      float x = Float.intBitsToFloat((int) bits);
      if (x >= low && x <= high) {
        double error = Math.abs(f.apply(x) - exact.applyAsDouble(x));
        worst = Math.max(worst, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
      }
    }
    return worst;
  }
}
