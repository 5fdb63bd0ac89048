package ornstein.diffusion.data;

import java.util.Arrays;

/**
 * One image of interleaved whole values 0 to {@code maxValue}, {@code [H, W, C]}; what readers hand
 * to {@link MemoryImages}. Values take a byte each, or two, the upper first, if the maximum is over
 * 255. The pixels are not copied and must not change.
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
    if (pixels.length != height * width * channels * bytesPerValue(maxValue)) {
      throw new IllegalArgumentException(
          pixels.length + " bytes are not an image of " + height + "x" + width + "x" + channels);
    }
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.maxValue = maxValue;
    this.pixels = pixels;
  }

  /** How many bytes a value takes. */
  static int bytesPerValue(int maxValue) {
    return maxValue > 255 ? 2 : 1;
  }

  /** Sets value number k of pixels that are stored like those of an image of that maximum. */
  static void put(byte[] pixels, int maxValue, int k, int v) {
    if (maxValue > 255) {
      pixels[2 * k] = (byte) (v >> 8);
      pixels[2 * k + 1] = (byte) v;
    } else {
      pixels[k] = (byte) v;
    }
  }

  /** Value number k. */
  int value(int k) {
    return maxValue > 255
        ? (pixels[2 * k] & 0xff) << 8 | (pixels[2 * k + 1] & 0xff)
        : pixels[k] & 0xff;
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
   * The image in the given channels and size.
   *
   * @param toChannels 1 to 4, or 0 for its own
   * @param toHeight rows, or 0 for its own size
   * @param toWidth columns, or 0 for its own size
   */
  PixelImage fitted(int toChannels, int toHeight, int toWidth) {
    PixelImage converted = toChannels == 0 ? this : toChannels(toChannels);
    return toHeight == 0 ? converted : converted.resized(toHeight, toWidth);
  }

  /**
   * Converts to another channel count. Colour becomes grey by the luma of ITU-R BT.601; dropped
   * transparency shows white behind; added alpha is opaque.
   */
  PixelImage toChannels(int to) {
    if (to == channels) {
      return this;
    }
    byte[] out = new byte[height * width * to * bytesPerValue(maxValue)];
    int colours = hasColour(channels) ? 3 : 1;
    int[] rgb = new int[3];
    for (int p = 0; p < height * width; p++) {
      int alpha = hasAlpha(channels) ? value(p * channels + colours) : maxValue;
      for (int k = 0; k < 3; k++) {
        int v = value(p * channels + Math.min(k, colours - 1));
        rgb[k] = hasAlpha(to) ? v : over(v, alpha);
      }
      if (hasColour(to)) {
        for (int k = 0; k < 3; k++) {
          put(out, maxValue, p * to + k, rgb[k]);
        }
      } else {
        int luma = (299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000;
        put(out, maxValue, p * to, luma);
      }
      if (hasAlpha(to)) {
        put(out, maxValue, p * to + to - 1, alpha);
      }
    }
    return new PixelImage(height, width, to, maxValue, out);
  }

  private int over(int value, int alpha) {
    long mixed = (long) value * alpha + (long) maxValue * (maxValue - alpha);
    return (int) ((mixed + maxValue / 2) / maxValue);
  }

  /**
   * The centred crop of the target's aspect ratio, resized with a triangle filter that widens with
   * the reduction, so that shrinking averages and enlarging interpolates linearly. The result's
   * maximum is 255, or 65535 for more than 8 bits, since interpolation makes values between the
   * levels.
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
    int top = maxValue > 255 ? 65_535 : 255;
    byte[] out = new byte[toHeight * toWidth * channels * bytesPerValue(top)];
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
        store(pixel, out, top, (y * toWidth + x) * channels);
      }
    }
    return new PixelImage(toHeight, toWidth, channels, top, out);
  }

  // Weighting colours by their alpha keeps the invisible colour of clear pixels out of the edges.
  private void addRow(int y, double weight, double[] line) {
    boolean alpha = hasAlpha(channels);
    for (int i = 0; i < line.length; i += channels) {
      int at = y * width * channels + i;
      double a = alpha ? (double) value(at + channels - 1) / maxValue : 1.0;
      for (int c = 0; c < channels; c++) {
        double v = (double) value(at + c) / maxValue;
        line[i + c] += weight * (alpha && c < channels - 1 ? v * a : v);
      }
    }
  }

  private void store(double[] pixel, byte[] out, int top, int at) {
    boolean alpha = hasAlpha(channels);
    double a = alpha ? pixel[channels - 1] : 1.0;
    for (int c = 0; c < channels; c++) {
      boolean weighted = alpha && c < channels - 1;
      double v = weighted ? (a > 0 ? pixel[c] / a : 0) : pixel[c];
      put(out, top, at + c, Math.clamp(Math.round(v * top), 0, top));
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
