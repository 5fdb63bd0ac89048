package ornstein.engine.internal;

import java.util.SplittableRandom;

/** Seven arrays of random numbers and special values, with a range of each to work on. */
final class LoopOperands {
  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    1e-40f,
    Float.MIN_NORMAL,
    -Float.MAX_VALUE,
    Float.MAX_VALUE
  };

  /** Columns of a row, or elements of a range. */
  final int n;

  final int rows;
  final int stride;

  /** Numbers of moderate size. */
  final float low;

  final float high;

  final int[] offset = new int[7];
  final float[][] array = new float[7][];

  private LoopOperands(int n, int rows, int stride, float low, float high) {
    this.n = n;
    this.rows = rows;
    this.stride = stride;
    this.low = low;
    this.high = high;
  }

  /**
   * New operands.
   *
   * @param n columns of a row, or elements of a range
   * @param specialShare share of special values and arbitrary bits, in [0, 1]
   * @param random source of everything else
   */
  static LoopOperands draw(int n, double specialShare, SplittableRandom random) {
    float low = (float) random.nextDouble(-2, 0.5);
    float high = (float) random.nextDouble(low, 2);
    LoopOperands o =
        new LoopOperands(n, random.nextInt(0, 6), Math.max(1, n + random.nextInt(0, 4)), low, high);
    for (int k = 0; k < o.array.length; k++) {
      o.offset[k] = random.nextInt(1, 20);
      o.array[k] = new float[o.offset[k] + Math.max(1, o.rows) * o.stride + 1 + random.nextInt(9)];
      for (int i = 0; i < o.array[k].length; i++) {
        o.array[k][i] = number(specialShare, random);
      }
    }
    return o;
  }

  private static float number(double specialShare, SplittableRandom random) {
    if (random.nextDouble() >= specialShare) {
      return (float) (random.nextGaussian() * 3);
    }
    return random.nextBoolean()
        ? SPECIAL[random.nextInt(SPECIAL.length)]
        : Float.intBitsToFloat(random.nextInt());
  }

  LoopOperands copy() {
    LoopOperands copy = new LoopOperands(n, rows, stride, low, high);
    for (int k = 0; k < array.length; k++) {
      copy.offset[k] = offset[k];
      copy.array[k] = array[k].clone();
    }
    return copy;
  }

  /** Whether a loop that writes array k may write element i. */
  boolean within(int k, boolean allRows, int i) {
    int j = i - offset[k];
    return allRows ? j >= 0 && j / stride < rows && j % stride < n : j >= 0 && j < n;
  }
}
