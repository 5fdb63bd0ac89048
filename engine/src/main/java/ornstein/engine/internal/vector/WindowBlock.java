package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.fromArray;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import java.util.Arrays;

/**
 * A {@link RowBlock} of a convolution's windows, a pixel's in each row. A row of a window is one
 * run of the image, channels being neighbours.
 */
final class WindowBlock {
  private static final int STEP = MicroKernel4x2.STEP;

  private WindowBlock() {}

  /**
   * Copies places {@code first … first + depth} of the windows of {@code rows} pixels, from number
   * {@code pixel} on. What lies outside the image is zero. Up to a vector beyond a row and beyond
   * the block may be overwritten.
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
    if (window.isPixel()) {
      RowBlock.pack(x, xo + pixel * channels + first, channels, 1, rows, depth, to, at);
      return;
    }
    int w = pixel % window.width();
    int h = pixel / window.width() % window.height();
    int image = pixel / window.width() / window.height();
    int run = window.kernelWidth() * channels;
    for (int i = 0; i < rows; i++) {
      int target = at + i * STEP;
      int kh = first / run;
      int from = first - kh * run;
      int left = depth;
      while (left > 0) {
        int n = Math.min(run - from, left);
        int row = row(window, image, h * window.stride() + kh - window.above());
        int column = w * window.stride() - window.before();
        if (row < 0) {
          Arrays.fill(to, target, target + n, 0f);
        } else {
          run(x, xo, row, column, window.sourceWidth(), channels, from, n, run, to, target);
        }
        target += n;
        left -= n;
        from = 0;
        kh++;
      }
      w++;
      if (w == window.width()) {
        w = 0;
        h++;
      }
      if (h == window.height()) {
        h = 0;
        image++;
      }
    }
  }

  /** Number, through all images, of the first pixel of a row, or −1 outside. */
  private static int row(Window window, int image, int row) {
    boolean inside = row >= 0 && row < window.sourceHeight();
    return inside ? (image * window.sourceHeight() + row) * window.sourceWidth() : -1;
  }

  /** Part {@code from … from + n} of a window's row that starts at a column, maybe outside. */
  private static void run(
      float[] x,
      int xo,
      int row,
      int column,
      int width,
      int channels,
      int from,
      int n,
      int run,
      float[] to,
      int target) {
    int low = Math.clamp(-column * channels - from, 0, n);
    int high = Math.clamp(Math.min(run, (width - column) * channels) - from, low, n);
    if (low > 0) {
      Arrays.fill(to, target, target + low, 0f);
    }
    copy(x, xo + (row + column) * channels + from + low, to, target + low, high - low);
    if (high < n) {
      Arrays.fill(to, target + high, target + n, 0f);
    }
  }

  /** Whole vectors where the source has them: what is too much is overwritten by what follows. */
  private static void copy(float[] x, int xo, float[] y, int yo, int n) {
    int i = 0;
    for (; i < n && xo + i + LENGTH <= x.length; i += LENGTH) {
      fromArray(SPECIES, x, xo + i).intoArray(y, yo + i);
    }
    for (; i < n; i++) {
      y[yo + i] = x[xo + i];
    }
  }
}
