package ornstein.diffusion.data;

import java.util.stream.IntStream;

/** Positions of some things among more, at even distances. */
public final class EvenPositions {
  private EvenPositions() {}

  /**
   * The positions &#x230A;i size / count&#x230B;.
   *
   * @param size how many things there are
   * @param count how many are wanted, from 0 to {@code size}
   * @return rising positions from 0 to {@code size} − 1
   * @throws IllegalArgumentException if there are fewer than wanted
   */
  public static int[] of(int size, int count) {
    if (count < 0 || count > size) {
      throw new IllegalArgumentException("of " + size + " there cannot be picked " + count);
    }
    return IntStream.range(0, count).map(i -> (int) ((long) i * size / count)).toArray();
  }
}
