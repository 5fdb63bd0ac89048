package ornstein.diffusion.sampler;

import java.util.Locale;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

/**
 * Ways between the noise of two samples, or between two noised images. Each sample of a batch goes
 * its own way.
 */
public enum Interpolation {
  /**
   * z₁ cos(uπ/2) + z₂ sin(uπ/2) (Song et al. 2021, section 5.3): independent standard normal noise
   * stays standard normal.
   */
  ROTATION {
    @Override
    void weigh(double[] dots, double u, double[] weights) {
      weights[0] = StrictMath.cos(u * Math.PI / 2);
      weights[1] = StrictMath.sin(u * Math.PI / 2);
    }
  },
  /**
   * Along the great circle: z₁ sin((1−u)θ)/sin θ + z₂ sin(uθ)/sin θ with the angle θ between the
   * two (Song et al. 2021, appendix D.5). Where they are nearly parallel it is the straight line.
   */
  SPHERICAL {
    @Override
    void weigh(double[] dots, double u, double[] weights) {
      double cosine = dots[1] / Math.sqrt(dots[0] * dots[2]);
      double angle = StrictMath.acos(Math.clamp(cosine, -1.0, 1.0));
      double sine = StrictMath.sin(angle);
      if (!(sine > PARALLEL)) {
        LINEAR.weigh(dots, u, weights);
        return;
      }
      weights[0] = StrictMath.sin((1 - u) * angle) / sine;
      weights[1] = StrictMath.sin(u * angle) / sine;
    }
  },
  /**
   * (1−u) z₁ + u z₂: independent standard normal noise shrinks to the variance (1−u)² + u², which
   * at the middle is half.
   */
  LINEAR {
    @Override
    void weigh(double[] dots, double u, double[] weights) {
      weights[0] = 1 - u;
      weights[1] = u;
    }
  };

  /** Below this sine of an angle, quotients of sines lose their digits. */
  private static final double PARALLEL = 1e-4;

  /**
   * The weights of both ends.
   *
   * @param dots |z₁|², z₁·z₂, |z₂|²
   * @param weights written
   */
  abstract void weigh(double[] dots, double u, double[] weights);

  /**
   * A point on the way.
   *
   * @param first the samples at u = 0, [N, …]
   * @param second those at u = 1, of the same shape
   * @param u how far, 0 to 1
   * @return the samples there, of the same shape
   * @throws ShapeException if the shapes differ
   * @throws IllegalArgumentException if u is outside [0, 1]
   */
  public Tensor between(Tensor first, Tensor second, double u) {
    if (!first.shape().equals(second.shape())) {
      throw new ShapeException(
          "cannot interpolate between " + first.shape() + " and " + second.shape());
    }
    if (!(u >= 0 && u <= 1)) {
      throw new IllegalArgumentException("u must lie between 0 and 1, got " + u);
    }
    float[] a = first.toArray();
    float[] b = second.toArray();
    int samples = first.shape().rank() == 0 ? 1 : first.shape().dim(0);
    int each = samples == 0 ? 0 : a.length / samples;
    double[] weights = new double[2];
    for (int from = 0; from < a.length; from += each) {
      double[] dots = new double[3];
      for (int i = from; i < from + each; i++) {
        dots[0] += (double) a[i] * a[i];
        dots[1] += (double) a[i] * b[i];
        dots[2] += (double) b[i] * b[i];
      }
      weigh(dots, u, weights);
      for (int i = from; i < from + each; i++) {
        a[i] = (float) (weights[0] * a[i] + weights[1] * b[i]);
      }
    }
    return Tensor.of(first.shape(), a);
  }

  /**
   * The way of a name.
   *
   * @param name {@code rotation}, {@code spherical} or {@code linear}, in any case
   * @return the way
   * @throws IllegalArgumentException if the name is unknown
   */
  public static Interpolation named(String name) {
    for (Interpolation i : values()) {
      if (i.name().equals(name.toUpperCase(Locale.ROOT))) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "unknown interpolation '" + name + "'; use rotation, spherical or linear");
  }
}
