package ornstein.engine.internal.scalar;

import static ornstein.engine.internal.Polynomials.COS_2;
import static ornstein.engine.internal.Polynomials.COS_4;
import static ornstein.engine.internal.Polynomials.COS_6;
import static ornstein.engine.internal.Polynomials.COS_8;
import static ornstein.engine.internal.Polynomials.SIN_1;
import static ornstein.engine.internal.Polynomials.SIN_3;
import static ornstein.engine.internal.Polynomials.SIN_5;
import static ornstein.engine.internal.Polynomials.SIN_7;

/**
 * The counter-based generator Philox 4×32-10 (Salmon, Moraes, Dror and Shaw, <i>Parallel random
 * numbers: as easy as 1, 2, 3</i>, SC 2011, §3.4). Block b of a stream has the 128-bit counter
 * (stream, b), and its four words give the elements 4b … 4b + 3; hence a fill may be split anywhere
 * at a multiple of 4.
 */
public final class Philox {
  /** Factor of the first word. */
  public static final long MULTIPLIER_0 = 0xD2511F53L;

  /** Factor of the third word. */
  public static final long MULTIPLIER_1 = 0xCD9E8D57L;

  /** What each round adds to the key's first word: the golden ratio. */
  public static final int WEYL_0 = 0x9E3779B9;

  /** What each round adds to the key's second word: √3 − 1. */
  public static final int WEYL_1 = 0xBB67AE85;

  /** Rounds of a block. */
  public static final int ROUNDS = 10;

  /** Words of a block. */
  public static final int WORDS = 4;

  private Philox() {}

  /**
   * One block of the generator.
   *
   * @param key the key, its first word in the low half
   * @param stream upper half of the counter, its third word in the low half
   * @param block lower half of the counter, its first word in the low half
   * @param words receives the four words
   */
  static void words(long key, long stream, long block, int[] words) {
    int c0 = (int) block;
    int c1 = (int) (block >>> 32);
    int c2 = (int) stream;
    int c3 = (int) (stream >>> 32);
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long p0 = Integer.toUnsignedLong(c0) * MULTIPLIER_0;
      long p1 = Integer.toUnsignedLong(c2) * MULTIPLIER_1;
      c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
      c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
      c1 = (int) p1;
      c3 = (int) p0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  }

  /**
   * Fills a range with uniform numbers: the odd multiples of 2⁻²⁴ in (0, 1), all equally likely.
   *
   * @param key the generator's key
   * @param stream upper half of the counter
   * @param position number of the first element within the stream, a multiple of 4, at least 0
   * @param y array written
   * @param yo first element written
   * @param n number of elements
   * @throws IllegalArgumentException if the position is negative or no multiple of 4
   */
  public static void uniform(long key, long stream, long position, float[] y, int yo, int n) {
    long block = firstBlock(position);
    int[] words = new int[WORDS];
    int full = n & -WORDS;
    for (int i = 0; i < full; i += WORDS, block++) {
      words(key, stream, block, words);
      uniformBlock(words, y, yo + i);
    }
    if (full < n) {
      float[] last = new float[WORDS];
      words(key, stream, block, words);
      uniformBlock(words, last, 0);
      System.arraycopy(last, 0, y, yo + full, n - full);
    }
  }

  /**
   * Fills a range with standard normal numbers by the transform of Box and Muller (1958): each pair
   * of the uniform numbers u, v becomes √(−2 log u) · (cos 2πv, sin 2πv). None exceeds 5.77 in
   * magnitude, since no u is below 2⁻²⁴.
   *
   * @param key the generator's key
   * @param stream upper half of the counter
   * @param position number of the first element within the stream, a multiple of 4, at least 0
   * @param y array written
   * @param yo first element written
   * @param n number of elements
   * @throws IllegalArgumentException if the position is negative or no multiple of 4
   */
  public static void normal(long key, long stream, long position, float[] y, int yo, int n) {
    long block = firstBlock(position);
    int[] words = new int[WORDS];
    int full = n & -WORDS;
    for (int i = 0; i < full; i += WORDS, block++) {
      words(key, stream, block, words);
      normalPair(words[0], words[1], y, yo + i);
      normalPair(words[2], words[3], y, yo + i + 2);
    }
    if (full < n) {
      float[] last = new float[WORDS];
      words(key, stream, block, words);
      normalPair(words[0], words[1], last, 0);
      normalPair(words[2], words[3], last, 2);
      System.arraycopy(last, 0, y, yo + full, n - full);
    }
  }

  private static long firstBlock(long position) {
    if (position < 0 || position % WORDS != 0) {
      throw new IllegalArgumentException(
          "position " + position + " of a random fill must be a multiple of 4, at least 0");
    }
    return position / WORDS;
  }

  private static void uniformBlock(int[] words, float[] y, int at) {
    for (int j = 0; j < WORDS; j++) {
      y[at + j] = oddNumerator(words[j]) * 0x1p-24f;
    }
  }

  /** An odd 24-bit number from the word's upper 23 bits: exact as a float. */
  private static int oddNumerator(int word) {
    return 2 * (word >>> 9) + 1;
  }

  private static void normalPair(int word, int angle, float[] y, int at) {
    float radius = ScalarMath.sqrt(-2f * ScalarMath.log(oddNumerator(word) * 0x1p-24f));
    // The angle in turns is the nearest quarter plus f, |f| ≤ ⅛: exact, being integers.
    int turns = oddNumerator(angle);
    int quarter = (turns + (1 << 21)) >> 22;
    float f = (turns - (quarter << 22)) * 0x1p-24f;
    float z = f * f;
    float sin = f * Math.fma(Math.fma(Math.fma(SIN_7, z, SIN_5), z, SIN_3), z, SIN_1);
    float p = Math.fma(Math.fma(Math.fma(COS_8, z, COS_6), z, COS_4), z, COS_2);
    float cos = Math.fma(p, z, 1f);
    boolean odd = (quarter & 1) != 0;
    y[at] = radius * flip(odd ? sin : cos, quarter + 1);
    y[at + 1] = radius * flip(odd ? cos : sin, quarter);
  }

  /** The value, negated where bit 1 of the quarter is set. */
  private static float flip(float value, int quarter) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(value) ^ ((quarter & 2) << 30));
  }
}
