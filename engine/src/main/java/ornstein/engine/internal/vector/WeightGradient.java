package ornstein.engine.internal.vector;

import ornstein.engine.Shape;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Matrix;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Convolution;

/**
 * Gradient of convolution weights. For one window row the gradient is a (kernelWidth · channels) ×
 * outChannels product over all output pixels, whose first factor is again a run of the padded
 * image, read down its columns. Pixels go by in order, a block at a time. A block's runs are copied
 * side by side first: with their distance a constant, C2 drops the bounds checks of the
 * micro-kernel, which is worth far more than the copy.
 */
record WeightGradient(Convolution g, PaddedImages x, HeapBuffer gy, HeapBuffer gw) {
  private static final int M = MicroKernel4x2.ROWS;
  private static final int N = MicroKernel4x2.COLUMNS;

  /** Rows of the gradient in one task. */
  private static final int ROWS = MicroKernel4x2.COLUMN_STEP;

  /** Pixels of one block: the copied runs and one panel of gy fit into half of a 32 KiB L1. */
  private static final int PIXELS = 64;

  void run(WorkerTeam team) {
    int pixels = g.batch() * g.outHeight() * g.outWidth();
    int panels = Panels.count(g.outChannels());
    float[] packed = new float[Shape.of(pixels, panels, N).size()];
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
        g.kernelHeight() * chunks,
        1,
        (from, to) -> {
          for (int task = from; task < to; task++) {
            chunk(task / chunks, task % chunks * ROWS, packed);
          }
        });
  }

  /** The gradient's rows {@code firstRow … firstRow + ROWS} of window row kh, all panels. */
  private void chunk(int kh, int firstRow, float[] packed) {
    int run = g.kernelWidth() * g.inChannels();
    int rows = Math.min(ROWS, run - firstRow);
    int pixels = g.batch() * g.outHeight() * g.outWidth();
    int panels = Panels.count(g.outChannels());
    float[] sums = new float[panels * ROWS * N];
    float[] runs = new float[PIXELS * ROWS];
    for (int first = 0; first < pixels; first += PIXELS) {
      int count = Math.min(PIXELS, pixels - first);
      for (int i = 0; i < count; i++) {
        System.arraycopy(x.array(), corner(first + i, kh) + firstRow, runs, i * ROWS, rows);
      }
      for (int panel = 0; panel < panels; panel++) {
        int b = (panel * pixels + first) * N;
        for (int row = 0; row < rows; row += M) {
          MicroKernel4x2.columns(runs, row, count, packed, b, sums, (panel * ROWS + row) * N);
        }
      }
    }
    for (int panel = 0; panel < panels; panel++) {
      int width = Math.min(N, g.outChannels() - panel * N);
      int to = gw.offset() + (kh * run + firstRow) * g.outChannels() + panel * N;
      VectorContractions.copyTile(
          sums, panel * ROWS * N, N, gw.array(), to, g.outChannels(), rows, width);
    }
  }

  /** Where the run of an output pixel starts in window row kh. */
  private int corner(int pixel, int kh) {
    int row = pixel / g.outWidth();
    return x.at(
        row / g.outHeight(),
        row % g.outHeight() * g.stride() + kh,
        pixel % g.outWidth() * g.stride());
  }
}
