package ornstein.diffusion.eval;

/**
 * The nearest item of the training data for each sample: where samples lie much nearer to one item
 * than to any other, the model has memorised it (Carlini et al. 2023, "Extracting Training Data
 * from Diffusion Models", section 5.1, compare the nearest with the next).
 *
 * @param sample the sample
 * @param nearest the item of the data that is nearest to it
 * @param distance their distance
 * @param ratio that distance over the distance from the second nearest, from 0 (a copy, also of an
 *     item that the data holds twice) to 1
 */
public record NearestNeighbours(int sample, int nearest, double distance, double ratio) {

  /**
   * Looks the neighbours up.
   *
   * @param samples features of the samples
   * @param data features of the training data, at least 2 items
   * @return an entry for each sample, in order
   * @throws IllegalArgumentException if the dimensions differ or there is too little data
   */
  public static NearestNeighbours[] of(Features samples, Features data) {
    Features.requireComparable(samples, data, 1);
    if (data.count() < 2) {
      throw new IllegalArgumentException("at least 2 items of data are needed");
    }
    NearestNeighbours[] found = new NearestNeighbours[samples.count()];
    for (int i = 0; i < found.length; i++) {
      int nearest = -1;
      double first = Double.POSITIVE_INFINITY;
      double second = Double.POSITIVE_INFINITY;
      for (int j = 0; j < data.count(); j++) {
        double distance = samples.squaredDistance(i, data, j);
        if (distance < first) {
          second = first;
          first = distance;
          nearest = j;
        } else if (distance < second) {
          second = distance;
        }
      }
      double ratio = first == 0 ? 0 : Math.sqrt(first / second);
      found[i] = new NearestNeighbours(i, nearest, Math.sqrt(first), ratio);
    }
    return found;
  }
}
