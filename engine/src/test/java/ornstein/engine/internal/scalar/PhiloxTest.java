package ornstein.engine.internal.scalar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** Published known answers, exactness, independence of splitting, and distributions. */
class PhiloxTest {
  private static long pair(int low, int high) {
    return (long) high << 32 | Integer.toUnsignedLong(low);
  }

  private static void assertWords(long key, long stream, long block, int... expected) {
    int[] words = new int[4];
    Philox.words(key, stream, block, words);
    assertArrayEquals(expected, words);
  }

  /** The file kat_vectors of Random123. */
  @Test
  void knownAnswers() {
    assertWords(0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertWords(-1, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertWords(
        pair(0xa4093822, 0x299f31d0),
        pair(0x13198a2e, 0x03707344),
        pair(0x243f6a88, 0x85a308d3),
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  @Test
  void uniformNumbersAreTheOddNumeratorsOfTheWords() {
    float[] y = new float[4];
    Philox.uniform(-1, -1, 12, y, 0, 4);
    int[] words = new int[4];
    Philox.words(-1, -1, 3, words);
    for (int i = 0; i < 4; i++) {
      assertEquals((2.0 * (words[i] >>> 9) + 1) / (1 << 24), y[i]);
    }
  }

  @Test
  void normalNumbersAreTheTransformOfTheUniformOnes() {
    int n = 100_000;
    float[] u = new float[n];
    float[] z = new float[n];
    Philox.uniform(7, 3, 40, u, 0, n);
    Philox.normal(7, 3, 40, z, 0, n);
    for (int i = 0; i < n; i += 2) {
      double radius = StrictMath.sqrt(-2 * StrictMath.log(u[i]));
      double angle = 2 * Math.PI * u[i + 1];
      assertEquals(radius * StrictMath.cos(angle), z[i], 4e-7 * Math.max(1, radius));
      assertEquals(radius * StrictMath.sin(angle), z[i + 1], 4e-7 * Math.max(1, radius));
    }
  }

  private interface Fill {
    void fill(long key, long stream, long position, float[] y, int yo, int n);
  }

  private static void assertSplitsFreely(Fill fill) {
    int n = 103;
    long start = 4L << 33; // beyond the counter's first word
    float[] whole = new float[n];
    fill.fill(11, -5, start, whole, 0, n);
    for (int cut = 0; cut < n; cut += 4) {
      float[] y = new float[n + 7];
      Arrays.fill(y, 99f);
      fill.fill(11, -5, start, y, 3, cut);
      fill.fill(11, -5, start + cut, y, 3 + cut, n - cut);
      for (int i = 0; i < 3; i++) {
        assertEquals(99f, y[i]);
      }
      for (int i = n + 3; i < y.length; i++) {
        assertEquals(99f, y[i]);
      }
      assertArrayEquals(whole, Arrays.copyOfRange(y, 3, n + 3));
    }
    for (int m = 0; m < 9; m++) {
      float[] y = new float[9];
      fill.fill(11, -5, start, y, 0, m);
      assertArrayEquals(Arrays.copyOf(whole, m), Arrays.copyOf(y, m));
      assertArrayEquals(new float[9 - m], Arrays.copyOfRange(y, m, 9));
    }
  }

  @Test
  void aFillMayBeSplitAnywhereAtAMultipleOfFour() {
    assertSplitsFreely(Philox::uniform);
    assertSplitsFreely(Philox::normal);
  }

  @Test
  void keyStreamAndPositionAllMatter() {
    float[] y = new float[8];
    float[] z = new float[8];
    Philox.uniform(1, 2, 0, y, 0, 8);
    long[][] others = {{2, 2, 0}, {1 + (1L << 40), 2, 0}, {1, 3, 0}, {1, 2 + (1L << 40), 0}};
    for (long[] other : others) {
      Philox.uniform(other[0], other[1], other[2], z, 0, 8);
      assertNotEquals(y[0], z[0]);
    }
    Philox.uniform(1, 2, 4, z, 0, 4);
    assertEquals(y[4], z[0]);
  }

  @Test
  void aPositionThatIsNoMultipleOfFourIsRefused() {
    float[] y = new float[4];
    for (long position : new long[] {1, 2, 3, 4097, -4}) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> Philox.normal(0, 0, position, y, 0, 4));
      assertTrue(String.valueOf(e.getMessage()).contains(String.valueOf(position)));
      assertThrows(IllegalArgumentException.class, () -> Philox.uniform(0, 0, position, y, 0, 4));
    }
    assertArrayEquals(new float[4], y);
  }

  /**
   * The Kolmogorov–Smirnov distance exceeds √(log(2/α) / 2n) with a probability of about α; here α
   * = 10⁻⁶, the seed being fixed.
   */
  private static void assertDistribution(float[] x, DoubleUnaryOperator distribution) {
    float[] sorted = x.clone();
    Arrays.sort(sorted);
    double n = x.length;
    double distance = 0;
    for (int i = 0; i < x.length; i++) {
      double p = distribution.applyAsDouble(sorted[i]);
      distance = Math.max(distance, Math.max((i + 1) / n - p, p - i / n));
    }
    double bound = Math.sqrt(Math.log(2 / 1e-6) / (2 * n));
    assertTrue(distance < bound, distance + " against " + bound);
  }

  @Test
  void uniformNumbersAreUniform() {
    float[] u = new float[1_000_000];
    Philox.uniform(2025, 0, 0, u, 0, u.length);
    for (float v : u) {
      assertTrue(v > 0 && v < 1);
    }
    assertDistribution(u, p -> p);
  }

  /** Moments within five standard errors of the normal distribution's. */
  @Test
  void normalNumbersAreStandardNormal() {
    int n = 1_000_000;
    float[] z = new float[n];
    Philox.normal(2025, 1, 0, z, 0, n);
    double[] moments = new double[5];
    double neighbours = 0;
    double pairs = 0;
    for (int i = 0; i < n; i++) {
      double power = 1;
      for (int k = 1; k <= 4; k++) {
        power *= z[i];
        moments[k] += power / n;
      }
      neighbours += i % 2 == 1 ? (double) z[i] * z[i - 1] : 0;
      pairs += i % 4 == 2 ? (double) z[i] * z[i - 1] : 0;
    }
    assertEquals(0, moments[1], 5 / Math.sqrt(n));
    assertEquals(1, moments[2], 5 * Math.sqrt(2.0 / n));
    assertEquals(0, moments[3], 5 * Math.sqrt(15.0 / n));
    assertEquals(3, moments[4], 5 * Math.sqrt(96.0 / n));
    assertEquals(0, neighbours, 5 * Math.sqrt(n / 2.0));
    assertEquals(0, pairs, 5 * Math.sqrt(n / 4.0));
    assertDistribution(z, MathReference::normalDistribution);
  }
}
