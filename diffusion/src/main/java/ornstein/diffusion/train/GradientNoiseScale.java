package ornstein.diffusion.train;

/**
 * The gradient noise scale B = tr Σ/|G|², about the batch size beyond which larger batches help
 * little (McCandlish et al. 2018, "An Empirical Model of Large-Batch Training", appendix A.1),
 * estimated from the squared norms of gradients at two batch sizes. Both parts are averaged
 * exponentially before their quotient is taken, for a quotient of single estimates would be biased.
 */
public final class GradientNoiseScale {
  private final int small;
  private final int large;
  private final double decay;
  private double signal;
  private double noise;
  private double weight;

  /**
   * An estimator.
   *
   * @param small the smaller batch size, at least 1
   * @param large the larger batch size, above the smaller
   * @param decay of the averages, in [0, 1)
   * @throws IllegalArgumentException if a number is out of its range
   */
  public GradientNoiseScale(int small, int large, double decay) {
    if (small < 1 || large <= small || !(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "two batch sizes, the second larger, and a decay in [0, 1) are needed, got "
              + small
              + ", "
              + large
              + " and "
              + decay);
    }
    this.small = small;
    this.large = large;
    this.decay = decay;
  }

  /**
   * Takes a pair of measurements in.
   *
   * @param smallSquare |g|² of a gradient at the smaller batch size; the mean of several is better
   * @param largeSquare |g|² of one at the larger batch size
   */
  public void add(double smallSquare, double largeSquare) {
    // E|g_B|² = |G|² + tr Σ/B, solved for both.
    double g = (large * largeSquare - small * smallSquare) / (large - small);
    double s = (smallSquare - largeSquare) / (1.0 / small - 1.0 / large);
    signal = decay * signal + (1 - decay) * g;
    noise = decay * noise + (1 - decay) * s;
    weight = decay * weight + 1 - decay;
  }

  /**
   * The estimate of |G|².
   *
   * @return the squared norm of the true gradient; NaN before the first measurement
   */
  public double signal() {
    return signal / weight;
  }

  /**
   * The estimate of tr Σ.
   *
   * @return the variance of a single sample's gradient; NaN before the first measurement
   */
  public double noise() {
    return noise / weight;
  }

  /**
   * The gradient noise scale.
   *
   * @return tr Σ/|G|², a number of samples
   */
  public double scale() {
    return noise() / signal();
  }
}
