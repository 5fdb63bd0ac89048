package ornstein.engine;

import java.util.Arrays;

/**
 * A generator that draws what PyTorch's CPU generator draws for the same seed: the Mersenne Twister
 * (Matsumoto and Nishimura 1998, MT19937) and PyTorch's ways to make uniform, normal and whole
 * numbers of its words. Unlike {@link Rng} it is a sequence: what a call gives depends on the calls
 * before. Not safe for use by several threads at once.
 *
 * <p>Normal numbers in batches of at least 16 have the bits that PyTorch's AVX2 kernel gives, which
 * has its own logarithm, sine and cosine; fewer come from float64 functions, where the last bit of
 * a float32 may differ once in some hundred million.
 */
public final class TorchRng {
  private static final int WORDS = 624;
  private static final int MIDDLE = 397;
  private static final int MATRIX = 0x9908b0df;
  private static final int BLOCK = 16;

  /** What {@link #state} needs: the words, the place among them, the normal number kept. */
  private static final int STATE = WORDS + 1 + 3;

  private final int[] words = new int[WORDS];
  private int next = WORDS;
  private boolean hasKept;
  private double kept;

  private TorchRng() {}

  /**
   * The generator after {@code torch.manual_seed(seed)}.
   *
   * @param seed any number; its lower 32 bits count, as in PyTorch
   * @return the generator
   */
  public static TorchRng of(long seed) {
    TorchRng rng = new TorchRng();
    rng.words[0] = (int) seed;
    for (int i = 1; i < WORDS; i++) {
      int before = rng.words[i - 1];
      rng.words[i] = 1812433253 * (before ^ (before >>> 30)) + i;
    }
    return rng;
  }

  private int word() {
    if (next == WORDS) {
      twist();
    }
    int y = words[next++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void twist() {
    for (int i = 0; i < WORDS; i++) {
      int mixed = (words[i] & 0x80000000) | (words[(i + 1) % WORDS] & 0x7fffffff);
      int from = words[(i + MIDDLE) % WORDS];
      words[i] = from ^ (mixed >>> 1) ^ ((mixed & 1) == 0 ? 0 : MATRIX);
    }
    next = 0;
  }

  private long twoWords() {
    long high = word();
    return high << 32 | Integer.toUnsignedLong(word());
  }

  /** {@code torch.rand} in float32: 24 bits of a word. */
  private float uniform() {
    return (word() & 0xffffff) * 0x1p-24f;
  }

  /** {@code torch.rand} in float64: 53 bits of two words. */
  private double uniformDouble() {
    return (twoWords() & ((1L << 53) - 1)) * 0x1p-53;
  }

  /**
   * Uniform numbers, {@code torch.rand}.
   *
   * @param values receives numbers in [0, 1), in the order of generation
   */
  public void uniform(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = uniform();
    }
  }

  /**
   * Standard normal numbers, {@code torch.randn}: in the order of PyTorch's tensor, so an image
   * tensor is [N, C, H, W].
   *
   * @param values receives the numbers
   */
  public void normal(float[] values) {
    if (values.length < BLOCK) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) normal();
      }
      return;
    }
    uniform(values);
    for (int i = 0; i + BLOCK <= values.length; i += BLOCK) {
      TorchNormal.transform(values, i);
    }
    if (values.length % BLOCK != 0) {
      // The last sixteen are drawn anew.
      int last = values.length - BLOCK;
      for (int i = last; i < values.length; i++) {
        values[i] = uniform();
      }
      TorchNormal.transform(values, last);
    }
  }

  /** One number of Box and Muller's two; the other is kept for the next call. */
  private double normal() {
    if (hasKept) {
      hasKept = false;
      return kept;
    }
    double angle = 2 * Math.PI * uniformDouble();
    double radius = Math.sqrt(-2 * StrictMath.log1p(-uniformDouble()));
    kept = radius * StrictMath.sin(angle);
    hasKept = true;
    return radius * StrictMath.cos(angle);
  }

  /**
   * Whole numbers, {@code torch.randint}.
   *
   * @param low the least
   * @param high above the largest
   * @param values receives numbers in [low, high)
   * @throws IllegalArgumentException if the range is empty
   */
  public void integers(long low, long high, long[] values) {
    long range = high - low;
    if (high <= low) {
      throw new IllegalArgumentException(
          "random integers need a range, got " + low + " to " + high);
    }
    boolean wide = Long.compareUnsigned(range, 1L << 32) >= 0;
    for (int i = 0; i < values.length; i++) {
      long drawn = wide ? twoWords() : Integer.toUnsignedLong(word());
      values[i] = Long.remainderUnsigned(drawn, range) + low;
    }
  }

  /**
   * A random order, {@code torch.randperm}.
   *
   * @param count how many
   * @return 0 to count − 1 in a random order
   * @throws IllegalArgumentException if the count is negative
   */
  public int[] permutation(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("a permutation of " + count + " numbers");
    }
    int[] order = new int[count];
    Arrays.setAll(order, i -> i);
    for (int i = 0; i < count - 1; i++) {
      int other = i + (int) (Integer.toUnsignedLong(word()) % (count - i));
      int swapped = order[i];
      order[i] = order[other];
      order[other] = swapped;
    }
    return order;
  }

  /**
   * Where the generator is, as a checkpoint can hold it.
   *
   * @return {@value #STATE} numbers
   */
  public int[] state() {
    int[] state = Arrays.copyOf(words, STATE);
    long bits = Double.doubleToRawLongBits(kept);
    state[WORDS] = next;
    state[WORDS + 1] = hasKept ? 1 : 0;
    state[WORDS + 2] = (int) (bits >>> 32);
    state[WORDS + 3] = (int) bits;
    return state;
  }

  /**
   * A generator that goes on from a state.
   *
   * @param state what {@link #state} gave
   * @return the generator
   * @throws IllegalArgumentException if it is no such state
   */
  public static TorchRng restored(int[] state) {
    if (state.length != STATE || state[WORDS] < 0 || state[WORDS] > WORDS) {
      throw new IllegalArgumentException(
          "no state of this generator: it has " + STATE + " numbers, number 624 from 0 to 624");
    }
    TorchRng rng = new TorchRng();
    System.arraycopy(state, 0, rng.words, 0, WORDS);
    rng.next = state[WORDS];
    rng.hasKept = state[WORDS + 1] == 1;
    rng.kept =
        Double.longBitsToDouble(
            (long) state[WORDS + 2] << 32 | Integer.toUnsignedLong(state[WORDS + 3]));
    return rng;
  }
}
