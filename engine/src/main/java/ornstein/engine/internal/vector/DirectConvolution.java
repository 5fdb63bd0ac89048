package ornstein.engine.internal.vector;

import java.util.Arrays;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Convolution;

/**
 * Convolution by its definition, as the product of windows and weights. The windows never exist as
 * a whole: a block of pixels gathers a chunk of its windows into L1, and all panels of weights pass
 * by. Zero padding is written into the block.
 */
final class DirectConvolution {
  private static final int N = MicroKernel4x2.COLUMNS;
  private static final int STEP = MicroKernel4x2.STEP;
  private static final int BLOCK = RowBlock.ROWS;

  /** Pixels up to which weights, not windows, are what has to be read in long runs. */
  private static final int FEW = 16;

  /** Chunks that a few pixels gather at a time: 4 blocks of 16 rows are half of L1. */
  private static final int HELD = 4;

  private DirectConvolution() {}

  /** How weights are packed: as panels over the window. */
  private record Layout(Convolution g, boolean adjoint, int phaseRow, int phaseColumn) {
    static Layout of(Window window) {
      Convolution g = window.g();
      // The same weights serve images of any size.
      Convolution pixel =
          new Convolution(
              1,
              g.kernelHeight(),
              g.kernelWidth(),
              g.inChannels(),
              g.outChannels(),
              g.kernelHeight(),
              g.kernelWidth(),
              g.stride(),
              g.padding());
      return new Layout(pixel, window.adjoint(), window.phaseRow(), window.phaseColumn());
    }
  }

  /** The weights as panels [panel][place of the window][COLUMNS]. */
  private static HeapBuffer packed(Launcher launcher, Window window, HeapBuffer weight) {
    int taps = window.kernelHeight() * window.kernelWidth();
    int in = window.channels();
    int out = window.outChannels();
    int depth = window.depth();
    int panels = Panels.count(out);
    int br = window.adjoint() ? 1 : out;
    int bc = window.adjoint() ? in : 1;
    return launcher.packed(
        weight,
        Layout.of(window),
        panels * N * depth,
        (l, to) ->
            l.run(
                panels * taps,
                16_384 / Math.max(1, in * N) + 1,
                (slot, from, end) -> {
                  for (int task = from; task < end; task++) {
                    int panel = task / taps;
                    int tap = task % taps;
                    Panels.panel(
                        weight.array(),
                        weight.offset() + window.tap(tap) * in * out + panel * N * bc,
                        br,
                        bc,
                        in,
                        Math.min(N, out - panel * N),
                        to.array(),
                        to.offset() + (panel * depth + tap * in) * N);
                  }
                }));
  }

  static void run(
      Launcher launcher,
      Convolution g,
      HeapBuffer x,
      HeapBuffer weight,
      Epilogue epilogue,
      HeapBuffer y) {
    phase(launcher, Window.forward(g), x, weight, epilogue, y);
  }

  /** The adjoint, phase by phase. */
  static void runAdjoint(
      Launcher launcher, Convolution g, HeapBuffer gy, HeapBuffer weight, HeapBuffer gx) {
    for (int row = 0; row < g.stride(); row++) {
      for (int column = 0; column < g.stride(); column++) {
        phase(launcher, new Window(g, true, row, column), gy, weight, Epilogue.NONE, gx);
      }
    }
  }

  private static void phase(
      Launcher launcher,
      Window window,
      HeapBuffer x,
      HeapBuffer weight,
      Epilogue epilogue,
      HeapBuffer y) {
    int pixels = window.pixels();
    int out = window.outChannels();
    int panels = Panels.count(out);
    HeapBuffer packed = packed(launcher, window, weight);
    int blocks = (pixels + BLOCK - 1) / BLOCK;
    int slots = launcher.slots();
    // Enough tasks for all threads, though each group of panels gathers the windows anew.
    int groups =
        slots == 1 ? 1 : Math.clamp(2 * slots / Math.max(1, blocks), 1, Math.max(1, panels));
    boolean apart = window.step() > 1;
    int own = HELD * RowBlock.SIZE + Tile.SIZE + (apart ? BLOCK * out : 0);
    HeapBuffer scratch = launcher.scratch(slots * own);
    launcher.run(
        blocks * groups,
        1,
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int first = task / groups * BLOCK;
            int count = Math.min(BLOCK, pixels - first);
            int channel = panels * (task % groups) / groups * N;
            int n = Math.min(out, panels * (task % groups + 1) / groups * N) - channel;
            float[] s = scratch.array();
            int so = scratch.slot(slot, own);
            if (apart) {
              int c = so + HELD * RowBlock.SIZE + Tile.SIZE;
              block(window, x, first, count, packed, channel, n, s, c + channel, out, s, so);
              scatter(window, first, count, s, c + channel, y, channel, n);
            } else {
              int at = first * out + channel;
              int yo = y.offset() + at;
              block(window, x, first, count, packed, channel, n, y.array(), yo, out, s, so);
              epilogue.store(y.array(), yo, out, y, at, out, count, channel, n);
            }
          }
        });
  }

  /** Some channels of some pixels, {@code step} apart in c. */
  private static void block(
      Window window,
      HeapBuffer x,
      int first,
      int count,
      HeapBuffer packed,
      int channel,
      int channels,
      float[] c,
      int co,
      int step,
      float[] scratch,
      int so) {
    int depth = window.depth();
    if (depth == 0) {
      for (int i = 0; i < count; i++) {
        Arrays.fill(c, co + i * step, co + i * step + channels, 0f);
      }
    }
    int edge = so + HELD * RowBlock.SIZE;
    int held = STEP * (count <= FEW ? HELD : 1);
    for (int k0 = 0; k0 < depth; k0 += held) {
      int end = Math.min(depth, k0 + held);
      for (int k = k0; k < end; k += STEP) {
        int d = Math.min(STEP, end - k);
        int a = so + (k - k0) * RowBlock.ROWS;
        WindowBlock.gather(window, x.array(), x.offset(), first, count, k, d, scratch, a);
      }
      for (int j = 0; j < channels; j += N) {
        int width = Math.min(N, channels - j);
        int panel = packed.offset() + (channel + j) * depth;
        for (int k = k0; k < end; k += STEP) {
          int d = Math.min(STEP, end - k);
          int a = so + (k - k0) * RowBlock.ROWS;
          int b = panel + k * N;
          float[] w = packed.array();
          Tile.rows(scratch, a, count, d, w, b, c, co + j, step, k > 0, width, scratch, edge);
        }
      }
    }
  }

  /** Writes the pixels of a phase to their places. */
  private static void scatter(
      Window window,
      int first,
      int count,
      float[] c,
      int co,
      HeapBuffer y,
      int channel,
      int channels) {
    int out = window.outChannels();
    for (int i = 0; i < count; i++) {
      int to = y.offset() + window.target(first + i) * out + channel;
      RowBlock.copy(c, co + i * out, y.array(), to, channels);
    }
  }
}
