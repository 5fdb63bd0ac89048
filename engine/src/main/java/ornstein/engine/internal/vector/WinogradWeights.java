package ornstein.engine.internal.vector;

import java.util.Arrays;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Winograd;

/** Transformed weights in panels, [frequency][panel][input channel][COLUMNS]. */
final class WinogradWeights {
  private static final int N = MicroKernel4x2.COLUMNS;

  /** Side of a square that is transposed at a time. */
  private static final int SQUARE = 16;

  private WinogradWeights() {}

  /** What was made of the weights: turned round for the adjoint, or not. */
  private record Layout(Winograd f, int in, int out, boolean adjoint) {}

  static int size(Winograd f, int in, int out) {
    return f.frequencies() * Panels.count(out) * in * N;
  }

  /**
   * The transformed weights of a convolution; for the adjoint, {@code g} being the adjoint's
   * geometry, of the forward weights turned round.
   */
  static HeapBuffer of(
      Launcher launcher, Convolution g, Winograd f, HeapBuffer weight, boolean adjoint) {
    int in = g.inChannels();
    int out = g.outChannels();
    return launcher.packed(
        weight,
        new Layout(f, in, out, adjoint),
        size(f, in, out),
        (l, packed) -> {
          HeapBuffer w = adjoint ? turned(l, in, out, weight) : weight;
          HeapBuffer tmp = l.scratch(l.slots() * TileTransforms.SIZE);
          l.run(
              in,
              Math.max(1, 4_096 / out),
              (slot, from, to) -> {
                for (int c = from; c < to; c++) {
                  transform(
                      f, in, out, w, c, tmp.array(), tmp.slot(slot, TileTransforms.SIZE), packed);
                }
              });
        });
  }

  private static void transform(
      Winograd f, int in, int out, HeapBuffer w, int c, float[] tmp, int to, HeapBuffer packed) {
    int panels = Panels.count(out);
    int step = panels * in * N;
    for (int panel = 0; panel < panels; panel++) {
      int width = Math.min(N, out - panel * N);
      int at = packed.offset() + (panel * in + c) * N;
      if (width < N) {
        for (int i = 0; i < f.frequencies(); i++) {
          Arrays.fill(packed.array(), at + i * step + width, at + i * step + N, 0f);
        }
      }
      TileTransforms.weight(
          f,
          w.array(),
          w.offset() + c * out + panel * N,
          in * out,
          width,
          tmp,
          to,
          packed.array(),
          at,
          step);
    }
  }

  /** Weights [3][3][out][in] with the taps reversed and the channels swapped. */
  private static HeapBuffer turned(Launcher l, int in, int out, HeapBuffer weight) {
    HeapBuffer turned = l.scratch(9 * in * out);
    int squares = (in + SQUARE - 1) / SQUARE;
    l.run(
        9 * squares,
        Math.max(1, 16_384 / (SQUARE * out)),
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int tap = task / squares;
            int first = task % squares * SQUARE;
            int end = Math.min(in, first + SQUARE);
            int source = weight.offset() + (8 - tap) * in * out;
            int target = turned.offset() + tap * in * out;
            for (int k = 0; k < out; k += SQUARE) {
              square(weight.array(), source, turned.array(), target, first, end, k, in, out);
            }
          }
        });
    return turned;
  }

  private static void square(
      float[] w, int wo, float[] turned, int to, int first, int end, int k0, int in, int out) {
    int last = Math.min(out, k0 + SQUARE);
    for (int c = first; c < end; c++) {
      for (int k = k0; k < last; k++) {
        turned[to + c * out + k] = w[wo + k * in + c];
      }
    }
  }
}
