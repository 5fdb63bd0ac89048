package ornstein.engine.internal;

import java.util.Arrays;
import ornstein.engine.kernel.Pool;

/** Window sums and their adjoint, one coarse row of pixels per task. */
final class Pooling {
  private static final int GRAIN = 16_384;

  private Pooling() {}

  static void sum(Loops loops, Launcher launcher, Pool g, float scale, HeapBuffer x, HeapBuffer y) {
    int c = g.channels();
    launcher.run(
        g.batch() * g.outHeight(),
        grain(g),
        (slot, from, to) -> {
          for (int r = from; r < to; r++) {
            for (int w = 0; w < g.outWidth(); w++) {
              int target = y.offset() + (r * g.outWidth() + w) * c;
              Arrays.fill(y.array(), target, target + c, 0f);
              for (int i = 0; i < g.factor(); i++) {
                int source = x.offset() + fine(g, r, w, i) * c;
                loops.addRows(x.array(), source, g.factor(), c, y.array(), target, c);
              }
              loops.affine(scale, 0f, y.array(), target, y.array(), target, c);
            }
          }
        });
  }

  static void upsample(
      Loops loops, Launcher launcher, Pool g, float scale, HeapBuffer x, HeapBuffer y) {
    int c = g.channels();
    launcher.run(
        g.batch() * g.outHeight(),
        grain(g),
        (slot, from, to) -> {
          for (int r = from; r < to; r++) {
            for (int w = 0; w < g.outWidth(); w++) {
              int source = x.offset() + (r * g.outWidth() + w) * c;
              for (int i = 0; i < g.factor(); i++) {
                int target = y.offset() + fine(g, r, w, i) * c;
                for (int j = 0; j < g.factor(); j++) {
                  loops.affine(scale, 0f, x.array(), source, y.array(), target + j * c, c);
                }
              }
            }
          }
        });
  }

  /** Number of the first fine pixel in line i of the window of coarse pixel (row r, column w). */
  private static int fine(Pool g, int r, int w, int i) {
    return (r * g.factor() + i) * g.outWidth() * g.factor() + w * g.factor();
  }

  private static int grain(Pool g) {
    int work = g.outWidth() * g.channels() * g.factor() * g.factor();
    return Math.max(1, GRAIN / Math.max(work, 1));
  }
}
