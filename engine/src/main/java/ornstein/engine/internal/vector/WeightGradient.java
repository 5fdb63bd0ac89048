package ornstein.engine.internal.vector;

import java.util.Arrays;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Convolution;

/**
 * Gradient of convolution weights by the definition: windowsᵀ · gy, summed over all output pixels.
 * A block of pixels gathers one chunk of its windows, which the micro-kernel reads down its
 * columns.
 */
final class WeightGradient {
  private static final int N = MicroKernel4x2.COLUMNS;
  private static final int STEP = MicroKernel4x2.STEP;

  private WeightGradient() {}

  static void run(Launcher launcher, Convolution g, HeapBuffer x, HeapBuffer gy, HeapBuffer gw) {
    Window window = Window.forward(g);
    int pixels = window.pixels();
    int depth = window.depth();
    int panels = Panels.count(g.outChannels());
    if (pixels == 0) {
      launcher.run(
          1,
          1,
          (slot, from, to) -> Arrays.fill(gw.array(), gw.offset(), gw.offset() + gw.size(), 0f));
      return;
    }
    int own = RowBlock.SIZE + Tile.SIZE + RowBlock.ROWS * N;
    HeapBuffer scratch = launcher.scratch(launcher.slots() * own);
    int chunks = (depth + STEP - 1) / STEP;
    // Enough tasks for all threads, though each group of panels gathers the windows anew.
    int groups = Math.max(1, Math.min(panels, 2 * launcher.slots() / Math.max(1, chunks)));
    launcher.run(
        chunks * groups,
        1,
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int group = task % groups;
            chunk(
                window,
                x,
                task / groups * STEP,
                panels * group / groups,
                panels * (group + 1) / groups,
                gy,
                gw,
                scratch.array(),
                scratch.slot(slot, own));
          }
        });
  }

  /** Rows {@code first …} of the gradient, one chunk of the window, and some panels. */
  private static void chunk(
      Window window,
      HeapBuffer x,
      int first,
      int firstPanel,
      int endPanel,
      HeapBuffer gy,
      HeapBuffer gw,
      float[] scratch,
      int so) {
    int pixels = window.pixels();
    int out = window.g().outChannels();
    int rows = Math.min(STEP, window.depth() - first);
    int packed = so + RowBlock.SIZE + Tile.SIZE;
    for (int pixel = 0; pixel < pixels; pixel += RowBlock.ROWS) {
      int count = Math.min(RowBlock.ROWS, pixels - pixel);
      WindowBlock.gather(window, x.array(), x.offset(), pixel, count, first, rows, scratch, so);
      for (int panel = firstPanel; panel < endPanel; panel++) {
        int width = Math.min(N, out - panel * N);
        int from = gy.offset() + pixel * out + panel * N;
        Panels.panel(gy.array(), from, out, 1, count, width, scratch, packed);
        int to = gw.offset() + first * out + panel * N;
        int edge = so + RowBlock.SIZE;
        boolean add = pixel > 0;
        Tile.columns(
            scratch,
            so,
            rows,
            count,
            scratch,
            packed,
            gw.array(),
            to,
            out,
            add,
            width,
            scratch,
            edge);
      }
    }
  }
}
