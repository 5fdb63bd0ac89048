package ornstein.diffusion.eval;

import java.util.Arrays;

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
    if (neighbours < 1) {
      throw new IllegalArgumentException("at least 1 neighbour is needed, got " + neighbours);
    }
    Features.requireComparable(samples, reference, neighbours + 1);
    return new PrecisionRecall(
        within(samples, reference, radii(reference, neighbours)),
        within(reference, samples, radii(samples, neighbours)));
  }

  /** The squared distance of each point from its k-th neighbour in its own set. */
  private static double[] radii(Features x, int neighbours) {
    double[] radii = new double[x.count()];
    double[] distances = new double[x.count()];
    for (int i = 0; i < radii.length; i++) {
      for (int j = 0; j < distances.length; j++) {
        distances[j] = x.squaredDistance(i, x, j);
      }
      Arrays.sort(distances);
      radii[i] = distances[neighbours]; // the nearest is the point itself
    }
    return radii;
  }

  private static double within(Features points, Features set, double[] radii) {
    int inside = 0;
    for (int i = 0; i < points.count(); i++) {
      for (int j = 0; j < set.count(); j++) {
        if (points.squaredDistance(i, set, j) <= radii[j]) {
          inside++;
          break;
        }
      }
    }
    return (double) inside / points.count();
  }
}
