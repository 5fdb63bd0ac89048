package ornstein.diffusion.eval;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * The share of samples that lie within the reference's manifold, and the share of the reference
 * within the samples': a set's manifold is what lies nearer to one of its points than that one's
 * k-th neighbour (Kynkäänniemi et al. 2019, "Improved Precision and Recall Metric", section 2).
 *
 * @param precision how good the samples are, from 0 to 1
 * @param recall how much of the reference they cover, from 0 to 1
 */
public record PrecisionRecall(double precision, double recall) {
  /** Neighbours in the paper. */
  public static final int NEIGHBOURS = 3;

  private static final int BATCH = 256;

  /**
   * Both measures.
   *
   * @param samples features of the samples, more than {@code neighbours}
   * @param reference features of the reference, more than {@code neighbours}
   * @param neighbours k, at least 1
   * @return precision and recall
   * @throws IllegalArgumentException if the dimensions differ or there are too few samples
   */
  public static PrecisionRecall of(Features samples, Features reference, int neighbours) {
    return of(samples, reference, neighbours, () -> true);
  }

  /**
   * Both measures, in work that can be ended.
   *
   * @param samples features of the samples, more than {@code neighbours}
   * @param reference features of the reference, more than {@code neighbours}
   * @param neighbours k, at least 1
   * @param goOn is asked every 256 points; false ends the work
   * @return precision and recall
   * @throws IllegalArgumentException if the dimensions differ or there are too few samples
   * @throws CancellationException if it was ended
   */
  public static PrecisionRecall of(
      Features samples, Features reference, int neighbours, BooleanSupplier goOn) {
    if (neighbours < 1) {
      throw new IllegalArgumentException("at least 1 neighbour is needed, got " + neighbours);
    }
    Features.requireComparable(samples, reference, neighbours + 1);
    return new PrecisionRecall(
        within(samples, reference, radii(reference, neighbours, goOn), goOn),
        within(reference, samples, radii(samples, neighbours, goOn), goOn));
  }

  /** The squared distance of each point from its k-th neighbour in its own set. */
  private static double[] radii(Features x, int neighbours, BooleanSupplier goOn) {
    double[] radii = new double[x.count()];
    each(
        radii.length,
        goOn,
        i -> {
          double[] distances = new double[radii.length];
          for (int j = 0; j < distances.length; j++) {
            distances[j] = x.squaredDistance(i, x, j);
          }
          Arrays.sort(distances);
          radii[i] = distances[neighbours]; // the nearest is the point itself
        });
    return radii;
  }

  private static double within(
      Features points, Features set, double[] radii, BooleanSupplier goOn) {
    boolean[] inside = new boolean[points.count()];
    each(
        inside.length,
        goOn,
        i -> {
          for (int j = 0; j < set.count() && !inside[i]; j++) {
            inside[i] = points.squaredDistance(i, set, j) <= radii[j];
          }
        });
    int count = 0;
    for (boolean point : inside) {
      count += point ? 1 : 0;
    }
    return (double) count / inside.length;
  }

  private static void each(int count, BooleanSupplier goOn, IntConsumer work) {
    for (int first = 0; first < count; first += BATCH) {
      IntStream.range(first, Math.min(count, first + BATCH)).parallel().forEach(work);
      if (!goOn.getAsBoolean()) {
        throw new CancellationException("the measurement was ended");
      }
    }
  }
}
