package ornstein.engine.internal.vector;

import java.util.Arrays;

/**
 * A block of the first factor of a product: {@value #ROWS} rows, of each one chunk of the depth, at
 * the constant distance that the micro-kernel wants. It stays in L1 while all panels of the second
 * factor pass by; the copy costs a few percent of the product.
 */
final class RowBlock {
  /** Rows of a block. */
  static final int ROWS = 64;

  /** Elements of a block. */
  static final int SIZE = ROWS * MicroKernel4x2.STEP;

  private static final int STEP = MicroKernel4x2.STEP;

  private RowBlock() {}

  /** Copies rows and depth of a matrix whose element (i, j) is at ao + i·ar + j·ac. */
  static void pack(float[] a, int ao, int ar, int ac, int rows, int depth, float[] block, int at) {
    if (ac == 1) {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(a, ao + i * ar, block, at + i * STEP, depth);
      }
      return;
    }
    for (int k = 0; k < depth; k++) {
      int from = ao + k * ac;
      for (int i = 0; i < rows; i++) {
        block[at + i * STEP + k] = a[from + i * ar];
      }
    }
  }

  /**
   * Copies places {@code first … first + depth} of the windows of {@code rows} output pixels, from
   * pixel number {@code pixel} on. What lies outside the image is zero.
   */
  static void gather(
      Window window,
      float[] x,
      int xo,
      int pixel,
      int rows,
      int first,
      int depth,
      float[] to,
      int at) {
    int channels = window.channels();
    for (int i = 0; i < rows; i++) {
      int row = at + i * STEP;
      int place = first;
      while (place < first + depth) {
        int tap = place / channels;
        int channel = place % channels;
        int count = Math.min(channels - channel, first + depth - place);
        int source = window.source(pixel + i, tap);
        int target = row + place - first;
        if (source < 0) {
          Arrays.fill(to, target, target + count, 0f);
        } else {
          System.arraycopy(x, xo + source * channels + channel, to, target, count);
        }
        place += count;
      }
    }
  }
}
