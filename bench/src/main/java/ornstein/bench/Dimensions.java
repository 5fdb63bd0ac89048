package ornstein.bench;

import java.util.Arrays;

/** Reads shapes that are given as parameters, such as {@code 16x64x28}. */
final class Dimensions {
  private Dimensions() {}

  /**
   * Splits a shape.
   *
   * @throws IllegalArgumentException if it is not so many numbers with x between them
   */
  static int[] of(String shape, int count) {
    String[] parts = shape.split("x", -1);
    if (parts.length != count) {
      throw new IllegalArgumentException(
          "a shape of " + count + " numbers with x between them is needed, not " + shape);
    }
    return Arrays.stream(parts).mapToInt(Integer::parseInt).toArray();
  }
}
