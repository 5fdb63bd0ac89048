package ornstein.engine.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import ornstein.engine.internal.scalar.ScalarLoops;
import ornstein.engine.internal.vector.VectorLoops;

/** Random fills by vectors give the bits of the scalar ones, and touch nothing else. */
class RandomLoopsProperties {
  private interface Fill {
    void fill(long key, long stream, long position, float[] y, int yo, int n, float[] s, int so);
  }

  private static void compare(
      Fill scalar, Fill vector, long key, long stream, long block, int yo, int n) {
    float[] expected = new float[yo + n + 3];
    float[] actual = expected.clone();
    int so = 5;
    float[] scratch = new float[so + Loops.RANDOM_PIECE];
    scalar.fill(key, stream, 4 * block, expected, yo, n, scratch, so);
    vector.fill(key, stream, 4 * block, actual, yo, n, scratch, so);
    assertArrayEquals(expected, actual);
  }

  private static void compareAll(long key, long stream, long block, int yo, int n) {
    ScalarLoops scalar = new ScalarLoops();
    VectorLoops vector = new VectorLoops();
    compare(scalar::uniform, vector::uniform, key, stream, block, yo, n);
    compare(scalar::normal, vector::normal, key, stream, block, yo, n);
  }

  @Property(tries = 300)
  void anyRange(
      @ForAll long key,
      @ForAll long stream,
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 4 - 2048) long block,
      @ForAll @IntRange(max = 7) int yo,
      @ForAll @IntRange(max = Loops.RANDOM_PIECE) int n) {
    compareAll(key, stream, block, yo, n);
  }

  /** Where the low word of the counter overflows within a piece. */
  @Property(tries = 50)
  void carry(
      @ForAll long key,
      @ForAll @LongRange(min = -600, max = 40) long shift,
      @ForAll @IntRange(max = Loops.RANDOM_PIECE) int n) {
    compareAll(key, 3, (1L << 32) + shift, 1, n);
  }
}
