package ornstein.diffusion.eval;

/** Vectors of features, one for each sample. Immutable. */
public final class Features {
  private final double[] values;
  private final int dimensions;

  private Features(double[] values, int dimensions) {
    this.values = values;
    this.dimensions = dimensions;
  }

  /**
   * Features.
   *
   * @param values vector after vector
   * @param dimensions D, the length of a vector, at least 1
   * @return the features
   * @throws IllegalArgumentException if there is no vector, their lengths do not add up, or a value
   *     is not finite
   */
  public static Features of(double[] values, int dimensions) {
    if (dimensions < 1 || values.length == 0 || values.length % dimensions != 0) {
      throw new IllegalArgumentException(
          values.length + " values are no vectors of " + dimensions + " features");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "feature "
                + i % dimensions
                + " of sample "
                + i / dimensions
                + " is "
                + values[i]
                + "; features must be finite");
      }
    }
    return new Features(values.clone(), dimensions);
  }

  /**
   * The number of samples.
   *
   * @return N, at least 1
   */
  public int count() {
    return values.length / dimensions;
  }

  /**
   * The length of a vector.
   *
   * @return D, at least 1
   */
  public int dimensions() {
    return dimensions;
  }

  /**
   * One feature.
   *
   * @param sample the sample, 0 to N − 1
   * @param dimension the feature, 0 to D − 1
   * @return its value
   */
  public double at(int sample, int dimension) {
    return values[sample * dimensions + dimension];
  }

  /** The squared distance of a vector from one of other features. */
  double squaredDistance(int i, Features other, int j) {
    double sum = 0;
    for (int d = 0; d < dimensions; d++) {
      double off = at(i, d) - other.at(j, d);
      sum += off * off;
    }
    return sum;
  }

  /** The product of a vector with one of other features. */
  double product(int i, Features other, int j) {
    double sum = 0;
    for (int d = 0; d < dimensions; d++) {
      sum += at(i, d) * other.at(j, d);
    }
    return sum;
  }

  /** Checks that two sets can be compared. */
  static void requireComparable(Features a, Features b, int least) {
    if (a.dimensions != b.dimensions) {
      throw new IllegalArgumentException(
          "features of "
              + a.dimensions
              + " and of "
              + b.dimensions
              + " dimensions cannot be compared; use one extractor for both");
    }
    if (a.count() < least || b.count() < least) {
      throw new IllegalArgumentException(
          "at least "
              + least
              + " samples of each are needed, got "
              + a.count()
              + " and "
              + b.count());
    }
  }
}
