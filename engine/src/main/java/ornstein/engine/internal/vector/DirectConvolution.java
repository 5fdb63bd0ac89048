package ornstein.engine.internal.vector;

import java.util.Arrays;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Matrix;
import ornstein.engine.internal.parallel.WorkerTeam;

/**
 * Direct convolution as a product that never builds its first factor: row (pixel) p of the factor
 * for window row kh is the run of {@code run} floats at pixel p's corner, kh image rows further
 * down. Tiles take four output pixels wherever they lie, across the ends of image rows too.
 */
@SuppressWarnings("ArrayRecordComponent") // a plain argument bundle, compared nowhere
record DirectConvolution(
    PaddedImages x,
    int outHeight,
    int outWidth,
    int stride,
    int kernelHeight,
    int run,
    int outChannels,
    float[] weights) {
  private static final int M = MicroKernel4x2.ROWS;
  private static final int N = MicroKernel4x2.COLUMNS;

  /** Output pixels of one task: their input stays in L2 while the panels of weights pass by. */
  private static final int PIXELS = 128;

  /** Packs the weights of each window row, [kernelHeight][panel][run][COLUMNS]. */
  static float[] packWeights(
      int kernelHeight, int run, int outChannels, IntFunction<Matrix> windowRow) {
    float[] packed = new float[kernelHeight * Panels.count(outChannels) * run * N];
    int at = 0;
    for (int kh = 0; kh < kernelHeight; kh++) {
      at = Panels.pack(windowRow.apply(kh), run, outChannels, packed, at);
    }
    return packed;
  }

  void run(WorkerTeam team, @Nullable HeapBuffer bias, HeapBuffer y) {
    int pixels = x.batch() * outHeight * outWidth;
    int tasks = (pixels + PIXELS - 1) / PIXELS;
    team.run(
        tasks,
        1,
        (from, to) -> {
          int[] corners = new int[PIXELS + M];
          float[] edge = new float[M * N];
          for (int task = from; task < to; task++) {
            int first = task * PIXELS;
            int count = Math.min(PIXELS, pixels - first);
            block(first, count, corners, edge, y);
            if (bias != null) {
              addBias(bias, y, first, count);
            }
          }
        });
  }

  private void block(int first, int count, int[] corners, float[] edge, HeapBuffer y) {
    for (int i = 0; i < count + M; i++) {
      int p = first + Math.min(i, count - 1); // a short last tile repeats the last pixel
      int row = p / outWidth;
      corners[i] = x.at(row / outHeight, row % outHeight * stride, p % outWidth * stride);
    }
    int base = y.offset() + first * outChannels;
    Arrays.fill(y.array(), base, base + count * outChannels, 0f);
    int rowStep = x.width() * x.channels();
    int panels = Panels.count(outChannels);
    for (int panel = 0; panel < panels; panel++) {
      int width = Math.min(N, outChannels - panel * N);
      for (int kh = 0; kh < kernelHeight; kh++) {
        int w = (kh * panels + panel) * run * N;
        int down = kh * rowStep;
        for (int i = 0; i < count; i += M) {
          VectorContractions.tile(
              x.array(),
              corners[i] + down,
              corners[i + 1] + down,
              corners[i + 2] + down,
              corners[i + 3] + down,
              run,
              weights,
              w,
              y.array(),
              base + i * outChannels + panel * N,
              outChannels,
              Math.min(M, count - i),
              width,
              edge);
        }
      }
    }
  }

  private void addBias(HeapBuffer bias, HeapBuffer y, int first, int count) {
    for (int i = 0; i < count; i++) {
      int row = y.offset() + (first + i) * outChannels;
      for (int k = 0; k < outChannels; k++) {
        y.array()[row + k] += bias.array()[bias.offset() + k];
      }
    }
  }
}
