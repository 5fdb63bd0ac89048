package ornstein.diffusion.train;

/**
 * The loss by quarter of the chain: the first holds the steps of least noise. A mean over all steps
 * hides which noise a network is bad at (improved-diffusion logs the same). Immutable.
 */
public final class LossQuartiles {
  /** How many quarters there are. */
  public static final int COUNT = 4;

  private final double[] sums;
  private final long[] counts;

  private LossQuartiles(double[] sums, long[] counts) {
    this.sums = sums;
    this.counts = counts;
  }

  /**
   * Sorts the losses of a batch.
   *
   * @param total steps T of the chain
   * @param step the step of each sample, 1 to T
   * @param loss the loss of each sample
   * @return their quartiles
   * @throws IllegalArgumentException if the arrays differ in length, or a step is outside 1 … T
   */
  public static LossQuartiles of(int total, float[] step, float[] loss) {
    if (step.length != loss.length) {
      throw new IllegalArgumentException(step.length + " steps for " + loss.length + " losses");
    }
    double[] sums = new double[COUNT];
    long[] counts = new long[COUNT];
    for (int i = 0; i < step.length; i++) {
      int t = (int) step[i];
      if (t < 1 || t > total) {
        throw new IllegalArgumentException("step " + t + " is outside 1 to " + total);
      }
      int quarter = (int) ((long) COUNT * (t - 1) / total);
      sums[quarter] += loss[i];
      counts[quarter]++;
    }
    return new LossQuartiles(sums, counts);
  }

  /**
   * Quartiles of known means, one sample each, as a log has them.
   *
   * @param means a mean for each quarter; NaN where no sample fell
   * @return the quartiles
   * @throws IllegalArgumentException if there are not {@value #COUNT}
   */
  public static LossQuartiles ofMeans(double... means) {
    if (means.length != COUNT) {
      throw new IllegalArgumentException(COUNT + " means are needed, got " + means.length);
    }
    double[] sums = new double[COUNT];
    long[] counts = new long[COUNT];
    for (int q = 0; q < COUNT; q++) {
      counts[q] = Double.isNaN(means[q]) ? 0 : 1;
      sums[q] = Double.isNaN(means[q]) ? 0 : means[q];
    }
    return new LossQuartiles(sums, counts);
  }

  /**
   * Both together.
   *
   * @param other more losses
   * @return the quartiles of all
   */
  public LossQuartiles plus(LossQuartiles other) {
    double[] allSums = sums.clone();
    long[] allCounts = counts.clone();
    for (int q = 0; q < COUNT; q++) {
      allSums[q] += other.sums[q];
      allCounts[q] += other.counts[q];
    }
    return new LossQuartiles(allSums, allCounts);
  }

  /**
   * The mean loss of a quarter.
   *
   * @param quarter 0 for the steps of least noise, to 3
   * @return the mean, NaN if no sample fell there
   */
  public double mean(int quarter) {
    return counts[quarter] == 0 ? Double.NaN : sums[quarter] / counts[quarter];
  }
}
