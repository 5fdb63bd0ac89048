package ornstein.engine.kernel;

/**
 * How a random generator's seed and stream lie in a buffer of float32 numbers: sixteen bits in
 * each, the lowest first, seed before stream. So they can change from one run of a recorded program
 * to the next.
 */
public final class GeneratorState {
  /** Numbers of one generator. */
  public static final int SIZE = 8;

  private GeneratorState() {}

  /**
   * Writes a generator's state.
   *
   * @param seed its seed
   * @param stream its stream
   * @param state array written
   * @param at first element written
   */
  public static void put(long seed, long stream, float[] state, int at) {
    for (int i = 0; i < 4; i++) {
      state[at + i] = seed >>> (16 * i) & 0xFFFF;
      state[at + 4 + i] = stream >>> (16 * i) & 0xFFFF;
    }
  }

  /**
   * Reads the seed.
   *
   * @param state an array that {@link #put} wrote
   * @param at first element of the generator
   * @return the seed
   */
  public static long seed(float[] state, int at) {
    return word(state, at);
  }

  /**
   * Reads the stream.
   *
   * @param state an array that {@link #put} wrote
   * @param at first element of the generator
   * @return the stream
   */
  public static long stream(float[] state, int at) {
    return word(state, at + 4);
  }

  private static long word(float[] state, int at) {
    return (long) state[at]
        | (long) state[at + 1] << 16
        | (long) state[at + 2] << 32
        | (long) state[at + 3] << 48;
  }
}
