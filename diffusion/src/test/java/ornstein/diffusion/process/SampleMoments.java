package ornstein.diffusion.process;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Mean and variance of a sample, to be compared with a normal law's within the sampling error.
 *
 * @param count the sample's size
 * @param mean the sample's mean
 * @param variance the sample's variance, unbiased
 */
public record SampleMoments(int count, double mean, double variance) {
  /** Standard errors allowed; a correct sampler exceeds them once in 10^11 comparisons. */
  private static final double SIGMAS = 7;

  /**
   * The moments of a sample.
   *
   * @param x the sample, of at least 2
   * @return its moments
   */
  public static SampleMoments of(double[] x) {
    double mean = 0;
    for (double v : x) {
      mean += v / x.length;
    }
    double squares = 0;
    for (double v : x) {
      squares += (v - mean) * (v - mean);
    }
    return new SampleMoments(x.length, mean, squares / (x.length - 1));
  }

  /**
   * Asserts that the sample may come from N(mean, variance): the mean's standard error is √(v/n),
   * the variance's v√(2/(n−1)).
   *
   * @param expectedMean the law's mean
   * @param expectedVariance the law's variance
   */
  public void assertNormal(double expectedMean, double expectedVariance) {
    assertNormal(expectedMean, expectedVariance, 1e-12);
  }

  /**
   * The same for a simulation whose values may all be off by rounding.
   *
   * @param expectedMean the law's mean
   * @param expectedVariance the law's variance
   * @param rounding how far each value may be off
   */
  public void assertNormal(double expectedMean, double expectedVariance, double rounding) {
    double meanError = SIGMAS * Math.sqrt(expectedVariance / count) + rounding;
    double varianceError =
        SIGMAS * expectedVariance * Math.sqrt(2.0 / (count - 1))
            + rounding * (2 * Math.sqrt(expectedVariance) + rounding);
    assertTrue(
        Math.abs(mean - expectedMean) <= meanError,
        () -> "mean " + mean + ", expected " + expectedMean + " ± " + meanError);
    assertTrue(
        Math.abs(variance - expectedVariance) <= varianceError,
        () -> "variance " + variance + ", expected " + expectedVariance + " ± " + varianceError);
  }
}
