package ornstein.engine.internal.vector;

import ornstein.engine.Shape;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Convolution;

/**
 * Images with their zero border written out, so that the window of a convolution is never outside:
 * a row of the window is then one contiguous run of kernelWidth · channels floats, and no im2col
 * copy is needed.
 *
 * @param array storage
 * @param offset first element
 * @param batch number of images
 * @param height height with the border, in pixels
 * @param width width with the border, in pixels
 * @param channels channels
 */
@SuppressWarnings("ArrayRecordComponent") // identity of the storage is what matters
record PaddedImages(float[] array, int offset, int batch, int height, int width, int channels) {
  /** The input of a convolution with its padding; the input itself if there is none. */
  static PaddedImages padded(WorkerTeam team, Convolution g, HeapBuffer x) {
    int p = g.padding();
    if (p == 0) {
      return new PaddedImages(
          x.array(), x.offset(), g.batch(), g.height(), g.width(), g.inChannels());
    }
    PaddedImages result = empty(g.batch(), g.height() + 2 * p, g.width() + 2 * p, g.inChannels());
    int row = g.width() * g.inChannels();
    team.run(
        g.batch() * g.height(),
        rowsPerPart(row),
        (from, to) -> {
          for (int r = from; r < to; r++) {
            int target = result.at(r / g.height(), r % g.height() + p, p);
            System.arraycopy(x.array(), x.offset() + r * row, result.array, target, row);
          }
        });
    return result;
  }

  /**
   * The output's gradient with stride − 1 zeros between pixels and a border, over which a
   * convolution of stride 1 with the flipped weights gives the input's gradient.
   */
  static PaddedImages dilated(WorkerTeam team, Convolution g, HeapBuffer gy) {
    int top = g.kernelHeight() - 1 - g.padding();
    int left = g.kernelWidth() - 1 - g.padding();
    int channels = g.outChannels();
    PaddedImages result =
        empty(
            g.batch(),
            g.height() + g.kernelHeight() - 1,
            g.width() + g.kernelWidth() - 1,
            channels);
    team.run(
        g.batch() * g.outHeight(),
        rowsPerPart(g.outWidth() * channels),
        (from, to) -> {
          for (int r = from; r < to; r++) {
            int h = r % g.outHeight() * g.stride() + top;
            if (h < 0 || h >= result.height) {
              continue;
            }
            for (int ow = 0; ow < g.outWidth(); ow++) {
              int w = ow * g.stride() + left;
              if (w >= 0 && w < result.width) {
                System.arraycopy(
                    gy.array(),
                    gy.offset() + (r * g.outWidth() + ow) * channels,
                    result.array,
                    result.at(r / g.outHeight(), h, w),
                    channels);
              }
            }
          }
        });
    return result;
  }

  private static PaddedImages empty(int batch, int height, int width, int channels) {
    int size = Shape.of(batch, height, width, channels).size();
    return new PaddedImages(new float[size], 0, batch, height, width, channels);
  }

  private static int rowsPerPart(int row) {
    return Math.max(1, 32_768 / Math.max(row, 1));
  }

  /** Where a pixel's channels start. */
  int at(int n, int h, int w) {
    return offset + ((n * height + h) * width + w) * channels;
  }
}
