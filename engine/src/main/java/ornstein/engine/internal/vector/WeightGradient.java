package ornstein.engine.internal.vector;

import java.util.Arrays;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Matrix;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Convolution;

/**
 * Gradient of convolution weights. For one window row the gradient is a (kernelWidth · channels) ×
 * outChannels product over all output pixels, whose first factor is again a run of the padded image,
 * read down its columns. Pixels go by in order, one output row at a time, so that what is read stays
 * in cache.
 */
record WeightGradient(Convolution g, PaddedImages x, HeapBuffer gy, HeapBuffer gw) {
  private static final int M = MicroKernel4x2.ROWS;
  private static final int N = MicroKernel4x2.COLUMNS;

  /** Rows of the gradient in one task. */
  private static final int ROWS = 48;

  void run(WorkerTeam team) {
    int pixels = g.batch() * g.outHeight() * g.outWidth();
    int panels = Panels.count(g.outChannels());
    float[] packed = new float[pixels * panels * N];
    team.run(
        panels,
        1,
        (from, to) -> {
          for (int p = from; p < to; p++) {
            Matrix columns = new Matrix(gy.array(), gy.offset() + p * N, g.outChannels(), 1);
            int width = Math.min(N, g.outChannels() - p * N);
            Panels.pack(columns, pixels, width, packed, p * pixels * N);
          }
        });
    int chunks = (g.kernelWidth() * g.inChannels() + ROWS - 1) / ROWS;
    team.run(
        g.kernelHeight() * panels * chunks,
        1,
        (from, to) -> {
          float[] tile = new float[ROWS * N];
          for (int task = from; task < to; task++) {
            int kh = task / (panels * chunks);
            block(kh, task / chunks % panels, task % chunks * ROWS, packed, tile);
          }
        });
  }

  /** Accumulates one block of rows × one panel in {@code tile}, then writes it out. */
  private void block(int kh, int panel, int firstRow, float[] packed, float[] tile) {
    int run = g.kernelWidth() * g.inChannels();
    int rows = Math.min(ROWS, run - firstRow);
    Arrays.fill(tile, 0f);
    int step = g.stride() * g.inChannels();
    int pixels = g.batch() * g.outHeight() * g.outWidth();
    int last = x.array().length - M;
    for (int r = 0; r < g.batch() * g.outHeight(); r++) {
      int from =
          x.at(r / g.outHeight(), r % g.outHeight() * g.stride() + kh, 0) + firstRow;
      int b = (panel * pixels + r * g.outWidth()) * N;
      for (int i = 0; i < rows; i += M) {
        // the last rows of the last pixel may have fewer than four floats behind them
        if (rows - i >= M || from + i + (g.outWidth() - 1) * step <= last) {
          MicroKernel4x2.columns(
              x.array(), from + i, step, g.outWidth(), packed, b, tile, i * N, N);
        } else {
          tail(from + i, step, rows - i, packed, b, tile, i * N);
        }
      }
    }
    int width = Math.min(N, g.outChannels() - panel * N);
    int to =
        gw.offset() + (kh * run + firstRow) * g.outChannels() + panel * N;
    VectorContractions.copyTile(tile, 0, N, gw.array(), to, g.outChannels(), rows, width);
  }

  private void tail(int from, int step, int rows, float[] packed, int b, float[] tile, int at) {
    for (int ow = 0; ow < g.outWidth(); ow++) {
      for (int i = 0; i < rows; i++) {
        float value = x.array()[from + ow * step + i];
        for (int j = 0; j < N; j++) {
          tile[at + i * N + j] = Math.fma(value, packed[b + ow * N + j], tile[at + i * N + j]);
        }
      }
    }
  }
}
