package ornstein.bench.peers;

/**
 * The shape of a batch of images, and its two orders in memory.
 *
 * @param batch number of images
 * @param channels channels
 * @param pixels height times width
 */
record ImageBatch(int batch, int channels, int pixels) {
  /** From channels last to channels first. */
  float[] toChannelsFirst(float[] from) {
    float[] to = new float[from.length];
    for (int n = 0; n < batch; n++) {
      transpose(from, to, n * channels * pixels, pixels, channels);
    }
    return to;
  }

  /** From channels first to channels last. */
  float[] toChannelsLast(float[] from) {
    float[] to = new float[from.length];
    for (int n = 0; n < batch; n++) {
      transpose(from, to, n * channels * pixels, channels, pixels);
    }
    return to;
  }

  private static void transpose(float[] from, float[] to, int offset, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        to[offset + c * rows + r] = from[offset + r * columns + c];
      }
    }
  }
}
