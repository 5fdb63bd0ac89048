package ornstein.engine.internal.vector;

import java.util.Arrays;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Convolution;

/**
 * Convolution by its definition, as the product of windows and weights. The windows never exist as
 * a whole: a block of pixels gathers one chunk of its windows into L1, and all panels of weights
 * pass by. Zero padding and, in the adjoint, the zeros between strides are written into the block.
 */
final class DirectConvolution {
  private static final int N = MicroKernel4x2.COLUMNS;
  private static final int STEP = MicroKernel4x2.STEP;
  private static final int BLOCK = RowBlock.ROWS;

  private DirectConvolution() {}

  /** How weights are packed: as panels over the window, turned round for the adjoint. */
  private record Layout(int taps, int in, int out, boolean adjoint) {}

  /** The weights as panels [panel][place of the window][COLUMNS]. */
  private static HeapBuffer packed(
      Launcher launcher, Convolution g, HeapBuffer weight, boolean adjoint) {
    int taps = g.kernelHeight() * g.kernelWidth();
    int in = adjoint ? g.outChannels() : g.inChannels();
    int out = adjoint ? g.inChannels() : g.outChannels();
    int depth = taps * in;
    int panels = Panels.count(out);
    return launcher.packed(
        weight,
        new Layout(taps, in, out, adjoint),
        panels * N * depth,
        (l, to) ->
            l.run(
                panels * taps,
                Math.max(1, 16_384 / (in * N)),
                (slot, from, end) -> {
                  for (int task = from; task < end; task++) {
                    int panel = task / taps;
                    int tap = task % taps;
                    int source = adjoint ? taps - 1 - tap : tap;
                    int wo = weight.offset() + source * in * out;
                    int br = adjoint ? 1 : out;
                    int bc = adjoint ? in : 1;
                    Panels.panel(
                        weight.array(),
                        wo + panel * N * bc,
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
      boolean adjoint,
      HeapBuffer x,
      HeapBuffer weight,
      Epilogue epilogue,
      HeapBuffer y) {
    Window window = new Window(g, adjoint);
    int out = adjoint ? g.inChannels() : g.outChannels();
    HeapBuffer packed = packed(launcher, g, weight, adjoint);
    int own = RowBlock.SIZE + Tile.SIZE;
    HeapBuffer scratch = launcher.scratch(launcher.slots() * own);
    int pixels = window.pixels();
    launcher.run(
        (pixels + BLOCK - 1) / BLOCK,
        1,
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int first = task * BLOCK;
            int count = Math.min(BLOCK, pixels - first);
            block(
                window, x, first, count, packed, out, y, scratch.array(), scratch.slot(slot, own));
            int at = first * out;
            epilogue.store(y.array(), y.offset() + at, out, y, at, out, count, 0, out);
          }
        });
  }

  private static void block(
      Window window,
      HeapBuffer x,
      int first,
      int count,
      HeapBuffer packed,
      int out,
      HeapBuffer y,
      float[] scratch,
      int so) {
    int depth = window.depth();
    if (depth == 0) {
      int from = y.offset() + first * out;
      Arrays.fill(y.array(), from, from + count * out, 0f);
    }
    for (int k = 0; k < depth; k += STEP) {
      int d = Math.min(STEP, depth - k);
      WindowBlock.gather(window, x.array(), x.offset(), first, count, k, d, scratch, so);
      for (int j = 0; j < out; j += N) {
        int width = Math.min(N, out - j);
        int at = y.offset() + first * out + j;
        int panel = packed.offset() + j * depth + k * N;
        int edge = so + RowBlock.SIZE;
        float[] c = y.array();
        Tile.rows(
            scratch, so, count, d, packed.array(), panel, c, at, out, k > 0, width, scratch, edge);
      }
    }
  }
}
