package ornstein.nn.layer;

/**
 * How a timestep becomes numbers that a network can read.
 *
 * @param cosineFirst whether cosines come before sines (diffusers' flip_sin_to_cos)
 * @param frequencyShift s in the frequencies 10000<sup>−i/(h−s)</sup>, 0 or 1 (diffusers'
 *     freq_shift; 1 in DDPM's first implementation)
 * @param rows 0 for sines and cosines; else a learned table of so many whole timesteps
 */
public record TimeInput(boolean cosineFirst, int frequencyShift, int rows) {
  /** Improved DDPM's: cosines first, frequencies 10000<sup>−i/h</sup>. */
  public static final TimeInput IMPROVED_DDPM = new TimeInput(true, 0, 0);

  /** DDPM's: sines first, frequencies 10000<sup>−i/(h−1)</sup>. */
  public static final TimeInput DDPM = new TimeInput(false, 1, 0);

  private static final int MOST_ROWS = 1 << 20;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the shift is neither 0 nor 1, or the table's length out of
   *     range
   */
  public TimeInput {
    if (frequencyShift != 0 && frequencyShift != 1) {
      throw new IllegalArgumentException("freq_shift must be 0 or 1, got " + frequencyShift);
    }
    if (rows < 0 || rows > MOST_ROWS) {
      throw new IllegalArgumentException(
          "a table of timesteps has 0 to " + MOST_ROWS + " rows, not " + rows);
    }
  }

  /**
   * A learned vector for each whole timestep.
   *
   * @param rows timesteps, at least 1: 0 to rows − 1
   * @return the input
   * @throws IllegalArgumentException if there are too few or too many
   */
  public static TimeInput learned(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("a table of timesteps needs a row at least, got " + rows);
    }
    return new TimeInput(true, 0, rows);
  }
}
