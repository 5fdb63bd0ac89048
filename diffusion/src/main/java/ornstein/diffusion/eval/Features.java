package ornstein.diffusion.eval;

import java.util.List;
import java.util.Objects;

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

  /**
   * Some of the samples.
   *
   * @param samples their numbers, 0 to N − 1, at least one
   * @return their features in that order
   * @throws IndexOutOfBoundsException if there is no such sample
   * @throws IllegalArgumentException if no number is given
   */
  public Features select(int... samples) {
    if (samples.length == 0) {
      throw new IllegalArgumentException("no sample is selected");
    }
    double[] some = new double[Math.multiplyExact(samples.length, dimensions)];
    for (int i = 0; i < samples.length; i++) {
      int from = Objects.checkIndex(samples[i], count()) * dimensions;
      System.arraycopy(values, from, some, i * dimensions, dimensions);
    }
    return new Features(some, dimensions);
  }

  /**
   * Features one after the other.
   *
   * @param parts at least one, of one length of vectors
   * @return all samples in order
   * @throws IllegalArgumentException if there is no part, their vectors differ in length, or they
   *     are too many for one array
   */
  public static Features concat(List<Features> parts) {
    long size = 0;
    for (Features part : parts) {
      requireComparable(part, parts.get(0), 1);
      size += part.values.length;
    }
    if (size == 0 || size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          size + " values of features cannot be in one array; use fewer samples");
    }
    double[] all = new double[(int) size];
    int at = 0;
    for (Features part : parts) {
      System.arraycopy(part.values, 0, all, at, part.values.length);
      at += part.values.length;
    }
    return new Features(all, parts.get(0).dimensions);
  }

  /**
   * All values.
   *
   * @return a fresh array of N · D values, vector after vector
   */
  public double[] values() {
    return values.clone();
  }

  /** The squared distance of a vector from one of other features. */
  double squaredDistance(int i, Features other, int j) {
    return Products.squaredDistance(
        values, i * dimensions, other.values, j * dimensions, dimensions);
  }

  /** The product of a vector with one of other features. */
  double product(int i, Features other, int j) {
    return Products.dot(values, i * dimensions, other.values, j * dimensions, dimensions);
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
