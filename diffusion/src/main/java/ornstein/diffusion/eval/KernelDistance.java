package ornstein.diffusion.eval;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import ornstein.diffusion.data.BatchSampler;

/**
 * The kernel distance: the unbiased estimate of the squared maximum mean discrepancy under the
 * kernel (x·y/D + 1)³ (Bińkowski et al. 2018, "Demystifying MMD GANs", section 4; with Inception's
 * features it is KID). Its expectation is 0 for equal laws; the estimate may be below.
 *
 * @param mean the mean over the subsets
 * @param standardError the standard error of that mean
 * @param subsets number of subsets
 * @param subsetSize samples of each set in one
 */
public record KernelDistance(double mean, double standardError, int subsets, int subsetSize) {
  /** The least number of subsets whose spread says something. */
  public static final int LEAST_SUBSETS = 10;

  /** The most samples in a subset, as in the paper. */
  public static final int MOST_IN_SUBSET = 1000;

  /** The fewest samples of each set that give such subsets. */
  public static final int LEAST_SAMPLES = 2 * LEAST_SUBSETS;

  /**
   * The distance.
   *
   * @param a features of one set, at least 2 samples
   * @param b features of the other, at least 2 samples
   * @return the squared discrepancy
   * @throws IllegalArgumentException if the dimensions differ or there are too few samples
   */
  public static double between(Features a, Features b) {
    Features.requireComparable(a, b, 2);
    double cross = sum(a.count(), i -> row(a, i, b, b.count()));
    return within(a) + within(b) - 2 * cross / ((double) a.count() * b.count());
  }

  /**
   * The mean over subsets of both sets. The subsets have no sample in common (the block estimate of
   * Zaremba et al. 2013, "B-tests", section 2.2), so their distances are independent and their
   * spread tells the error of the mean; with subsets that overlap, as drawn in the paper, it would
   * not.
   *
   * @param a features of one set, at least {@value #LEAST_SAMPLES} samples
   * @param b features of the other, as many at least
   * @param seed which samples come together
   * @return the mean and its standard error, over {@value #LEAST_SUBSETS} subsets, or more where
   *     these would have over {@value #MOST_IN_SUBSET} samples
   * @throws IllegalArgumentException if the dimensions differ or there are too few samples
   */
  public static KernelDistance overSubsets(Features a, Features b, long seed) {
    return overSubsets(a, b, seed, () -> true);
  }

  /**
   * The same, and can be ended.
   *
   * @param a features of one set, at least {@value #LEAST_SAMPLES} samples
   * @param b features of the other, as many at least
   * @param seed which samples come together
   * @param goOn is asked after each subset; false ends the work
   * @return the mean and its standard error
   * @throws IllegalArgumentException if the dimensions differ or there are too few samples
   * @throws CancellationException if it was ended
   */
  public static KernelDistance overSubsets(
      Features a, Features b, long seed, BooleanSupplier goOn) {
    Features.requireComparable(a, b, LEAST_SAMPLES);
    int n = Math.min(a.count(), b.count());
    int size = Math.min(MOST_IN_SUBSET, n / LEAST_SUBSETS);
    int subsets = n / size;
    int[] orderA = new BatchSampler(a.count(), subsets * size, seed).batch(0);
    int[] orderB = new BatchSampler(b.count(), subsets * size, seed + 1).batch(0);
    double[] distances = new double[subsets];
    double mean = 0;
    for (int k = 0; k < subsets; k++) {
      distances[k] =
          between(
              a.select(Arrays.copyOfRange(orderA, k * size, (k + 1) * size)),
              b.select(Arrays.copyOfRange(orderB, k * size, (k + 1) * size)));
      mean += distances[k] / subsets;
      if (!goOn.getAsBoolean()) {
        throw new CancellationException("the measurement was ended");
      }
    }
    double squares = 0;
    for (double distance : distances) {
      squares += (distance - mean) * (distance - mean);
    }
    double error = Math.sqrt(squares / (subsets - 1) / subsets);
    return new KernelDistance(mean, error, subsets, size);
  }

  /** The mean over pairs of different samples. */
  private static double within(Features x) {
    double sum = sum(x.count(), i -> row(x, i, x, i));
    return 2 * sum / ((double) x.count() * (x.count() - 1));
  }

  /** A sum of one sample's kernels. */
  private interface Row {
    double sum(int i);
  }

  /** The rows' sums, computed in any order and added in theirs. */
  private static double sum(int rows, Row row) {
    double sum = 0;
    for (double part : IntStream.range(0, rows).parallel().mapToDouble(row::sum).toArray()) {
      sum += part;
    }
    return sum;
  }

  private static double row(Features x, int i, Features y, int count) {
    double sum = 0;
    for (int j = 0; j < count; j++) {
      double k = x.product(i, y, j) / x.dimensions() + 1;
      sum += k * k * k;
    }
    return sum;
  }
}
