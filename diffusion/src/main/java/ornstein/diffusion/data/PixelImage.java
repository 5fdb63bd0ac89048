package ornstein.diffusion.data;

import java.util.Arrays;

/**
 * One image of interleaved whole values 0 to {@code maxValue}, {@code [H, W, C]}; what readers hand
 * to {@link MemoryImages}. The pixels are not copied and must not change.
 */
final class PixelImage {
  /** Images of more pixels are refused, before they are decoded. */
  static final long MAX_PIXELS = 64_000_000;

  final int height;
  final int width;
  final int channels;
  final int maxValue;
  final byte[] pixels;

  PixelImage(int height, int width, int channels, int maxValue, byte[] pixels) {
    if (pixels.length != height * width * channels) {
      throw new IllegalArgumentException(
          pixels.length + " bytes are not an image of " + height + "x" + width + "x" + channels);
    }
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.maxValue = maxValue;
    this.pixels = pixels;
  }

  private static boolean hasAlpha(int channels) {
    return channels % 2 == 0;
  }

  private static boolean hasColour(int channels) {
    return channels >= 3;
  }

  /** Whether conversion between these channel counts drops neither colour nor transparency. */
  static boolean lossless(int from, int to) {
    return (hasColour(to) || !hasColour(from)) && (hasAlpha(to) || !hasAlpha(from));
  }

  /**
   * Converts to another channel count. Colour becomes grey by the luma of ITU-R BT.601; dropped
   * transparency shows white behind; added alpha is opaque.
   */
  PixelImage toChannels(int to) {
    if (to == channels) {
      return this;
    }
    byte[] out = new byte[height * width * to];
    int colours = hasColour(channels) ? 3 : 1;
    int[] rgb = new int[3];
    for (int p = 0; p < height * width; p++) {
      int alpha = hasAlpha(channels) ? pixels[p * channels + colours] & 0xff : maxValue;
      for (int k = 0; k < 3; k++) {
        int v = pixels[p * channels + Math.min(k, colours - 1)] & 0xff;
        rgb[k] = hasAlpha(to) ? v : over(v, alpha);
      }
      if (hasColour(to)) {
        for (int k = 0; k < 3; k++) {
          out[p * to + k] = (byte) rgb[k];
        }
      } else {
        int luma = (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000;
        out[p * to] = (byte) luma;
      }
      if (hasAlpha(to)) {
        out[p * to + to - 1] = (byte) alpha;
      }
    }
    return new PixelImage(height, width, to, maxValue, out);
  }

  private int over(int value, int alpha) {
    return (value * alpha + maxValue * (maxValue - alpha) + maxValue / 2) / maxValue;
  }

  /**
   * The centred crop of the target's aspect ratio, resized with a triangle filter that widens with
   * the reduction, so that shrinking averages and enlarging interpolates linearly. The result is
   * 8-bit, since interpolation makes values between the levels.
   */
  PixelImage resized(int toHeight, int toWidth) {
    if (toHeight == height && toWidth == width) {
      return this;
    }
    double scale = Math.min((double) height / toHeight, (double) width / toWidth);
    Taps rows = new Taps(height, toHeight, scale);
    Taps columns = new Taps(width, toWidth, scale);
    double[] line = new double[width * channels];
    double[] pixel = new double[channels];
    byte[] out = new byte[toHeight * toWidth * channels];
    for (int y = 0; y < toHeight; y++) {
      Arrays.fill(line, 0);
      for (int k = 0; k < rows.weights[y].length; k++) {
        addRow(rows.first[y] + k, rows.weights[y][k], line);
      }
      for (int x = 0; x < toWidth; x++) {
        double[] weights = columns.weights[x];
        Arrays.fill(pixel, 0);
        for (int k = 0; k < weights.length; k++) {
          for (int c = 0; c < channels; c++) {
            pixel[c] += weights[k] * line[(columns.first[x] + k) * channels + c];
          }
        }
        store(pixel, out, (y * toWidth + x) * channels);
      }
    }
    return new PixelImage(toHeight, toWidth, channels, 255, out);
  }

  // Weighting colours by their alpha keeps the invisible colour of clear pixels out of the edges.
  private void addRow(int y, double weight, double[] line) {
    boolean alpha = hasAlpha(channels);
    for (int i = 0; i < line.length; i += channels) {
      int at = y * width * channels + i;
      double a = alpha ? (double) (pixels[at + channels - 1] & 0xff) / maxValue : 1.0;
      for (int c = 0; c < channels; c++) {
        double v = (double) (pixels[at + c] & 0xff) / maxValue;
        line[i + c] += weight * (alpha && c < channels - 1 ? v * a : v);
      }
    }
  }

  private void store(double[] pixel, byte[] out, int at) {
    boolean alpha = hasAlpha(channels);
    double a = alpha ? pixel[channels - 1] : 1.0;
    for (int c = 0; c < channels; c++) {
      boolean weighted = alpha && c < channels - 1;
      double v = weighted ? (a > 0 ? pixel[c] / a : 0) : pixel[c];
      out[at + c] = (byte) Math.clamp(Math.round(v * 255), 0, 255);
    }
  }

  /** For each output position the first input position and the normalised weights from there. */
  private static final class Taps {
    final int[] first;
    final double[][] weights;

    Taps(int from, int to, double scale) {
      first = new int[to];
      weights = new double[to][];
      double margin = (from - to * scale) / 2;
      double support = Math.max(scale, 1.0);
      for (int i = 0; i < to; i++) {
        double centre = margin + (i + 0.5) * scale;
        int low = Math.max(0, (int) Math.floor(centre - support));
        int high = Math.min(from, (int) Math.ceil(centre + support));
        double[] w = new double[high - low];
        double sum = 0;
        for (int k = 0; k < w.length; k++) {
          w[k] = Math.max(0, 1 - Math.abs(low + k + 0.5 - centre) / support);
          sum += w[k];
        }
        for (int k = 0; k < w.length; k++) {
          w[k] /= sum;
        }
        first[i] = low;
        weights[i] = w;
      }
    }
  }
}
