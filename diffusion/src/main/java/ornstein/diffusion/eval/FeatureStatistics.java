package ornstein.diffusion.eval;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Number, mean and covariance of features: the normal law that is nearest to them. Immutable. */
public final class FeatureStatistics {
  private final int count;
  private final double[] mean;
  private final double[][] covariance;

  private FeatureStatistics(int count, double[] mean, double[][] covariance) {
    this.count = count;
    this.mean = mean;
    this.covariance = covariance;
  }

  /**
   * Statistics that are known.
   *
   * @param count number of samples, at least 2
   * @param mean [D]; copied
   * @param covariance [D, D], row-major, of which the lower half is read; copied
   * @return the statistics
   * @throws IllegalArgumentException if the lengths do not fit, the count is below 2, a value is
   *     not finite, or a variance is negative
   */
  public static FeatureStatistics of(int count, double[] mean, double[] covariance) {
    int d = mean.length;
    if (count < 2 || d < 1 || covariance.length != (long) d * d) {
      throw new IllegalArgumentException(
          count
              + " samples, a mean of "
              + d
              + " and "
              + covariance.length
              + " covariances"
              + " are no statistics");
    }
    double[][] c = new double[d][d];
    for (int i = 0; i < d; i++) {
      boolean good = Double.isFinite(mean[i]) && covariance[i * d + i] >= 0;
      for (int j = 0; j <= i; j++) {
        c[i][j] = covariance[i * d + j];
        c[j][i] = c[i][j];
        good &= Double.isFinite(c[i][j]);
      }
      if (!good) {
        throw new IllegalArgumentException("the mean or covariance of feature " + i + " is none");
      }
    }
    return new FeatureStatistics(count, mean.clone(), c);
  }

  /**
   * Statistics of features.
   *
   * @param features at least 2 samples
   * @return their statistics, the covariance with N − 1 in the denominator
   * @throws IllegalArgumentException if there are too few samples
   */
  public static FeatureStatistics of(Features features) {
    Accumulator accumulator = new Accumulator();
    accumulator.add(features);
    return accumulator.statistics();
  }

  /**
   * Number of samples.
   *
   * @return N, at least 2
   */
  public int count() {
    return count;
  }

  /**
   * Number of features.
   *
   * @return D
   */
  public int dimensions() {
    return mean.length;
  }

  /**
   * The mean.
   *
   * @return a fresh array [D]
   */
  public double[] mean() {
    return mean.clone();
  }

  /**
   * The covariance.
   *
   * @return a fresh array [D, D], row-major
   */
  public double[] covariance() {
    int d = mean.length;
    double[] flat = new double[Math.multiplyExact(d, d)];
    for (int i = 0; i < d; i++) {
      System.arraycopy(covariance[i], 0, flat, i * d, d);
    }
    return flat;
  }

  /** The rows of the covariance; not to be written. */
  double[][] rows() {
    return covariance;
  }

  /**
   * Takes features batch by batch, so that they need not be in memory together. Squares are taken
   * around the first batch's mean: around 0 they would cancel. Not for use by several threads at
   * once.
   */
  public static final class Accumulator {
    private int count;
    private double @Nullable [] centre;
    private double[] sums = new double[0];
    private double[][] products = new double[0][];

    /** Creates an accumulator without samples. */
    public Accumulator() {}

    /**
     * Adds samples.
     *
     * @param features samples, of as many features as the first ones
     * @throws IllegalArgumentException if they are of other dimensions
     */
    public void add(Features features) {
      int d = features.dimensions();
      int n = features.count();
      double[] middle = centre;
      if (middle == null) {
        middle = new double[d];
        for (int i = 0; i < n; i++) {
          for (int k = 0; k < d; k++) {
            middle[k] += features.at(i, k) / n;
          }
        }
        centre = middle;
        sums = new double[d];
        products = new double[d][];
        for (int k = 0; k < d; k++) {
          products[k] = new double[k + 1];
        }
      }
      if (d != middle.length) {
        throw new IllegalArgumentException(
            "features of " + d + " dimensions do not go with features of " + middle.length);
      }
      double[][] off = new double[n][d];
      for (int i = 0; i < n; i++) {
        for (int k = 0; k < d; k++) {
          off[i][k] = features.at(i, k) - middle[k];
          sums[k] += off[i][k];
        }
      }
      // Each row is one thread's alone, so that the order of its sums is fixed.
      IntStream.range(0, d).parallel().forEach(k -> add(products[k], k, off));
      count = Math.addExact(count, n);
    }

    private static void add(double[] row, int k, double[][] off) {
      for (double[] x : off) {
        double xk = x[k];
        for (int j = 0; j <= k; j++) {
          row[j] += xk * x[j];
        }
      }
    }

    /**
     * What was added so far.
     *
     * @return its statistics, the covariance with N − 1 in the denominator
     * @throws IllegalArgumentException if that is fewer than 2 samples
     */
    public FeatureStatistics statistics() {
      double[] middle = centre;
      if (middle == null || count < 2) {
        throw new IllegalArgumentException(
            "a covariance needs at least 2 samples, there are " + count);
      }
      int d = middle.length;
      double[] mean = new double[d];
      double[][] c = new double[d][d];
      for (int i = 0; i < d; i++) {
        mean[i] = middle[i] + sums[i] / count;
        for (int j = 0; j <= i; j++) {
          c[i][j] = (products[i][j] - sums[i] / count * sums[j]) / (count - 1);
          c[j][i] = c[i][j];
        }
        c[i][i] = Math.max(0, c[i][i]);
      }
      return new FeatureStatistics(count, mean, c);
    }
  }
}
