package ornstein.diffusion.data;

/** From whole values to [−1, 1]: {@code v / (max / 2) - 1} in float32. */
final class UnitScale {
  private final float[] unit;

  /**
   * Makes the table.
   *
   * @param maxValue the value of white
   */
  UnitScale(int maxValue) {
    // Bytes beyond the maximum do not occur; the table has a place for each all the same.
    this.unit = new float[maxValue > 255 ? maxValue + 1 : 256];
    for (int v = 0; v < unit.length; v++) {
      // float32 throughout, as the reference implementation converts
      unit[v] = v / (maxValue / 2f) - 1f;
    }
  }

  /** Converts all values of an image, stored as {@link PixelImage} says. */
  void convert(byte[] pixels, float[] dst, int offset) {
    if (unit.length == 256) {
      for (int k = 0; k < pixels.length; k++) {
        dst[offset + k] = unit[pixels[k] & 0xff];
      }
    } else {
      for (int k = 0; k < pixels.length / 2; k++) {
        dst[offset + k] = unit[(pixels[2 * k] & 0xff) << 8 | (pixels[2 * k + 1] & 0xff)];
      }
    }
  }
}
