package ornstein.engine.internal;

import java.util.Arrays;
import ornstein.engine.kernel.Kernels;

/** Sums, maxima and softmax in the order that {@link Kernels} fixes. */
final class Reductions {
  private static final int GRAIN = 16_384;
  private static final int BLOCK = Kernels.REDUCTION_BLOCK;

  private final Loops loops;
  private final Launcher launcher;

  Reductions(Loops loops, Launcher launcher) {
    this.loops = loops;
    this.launcher = launcher;
  }

  void sum(int outer, int reduced, int inner, HeapBuffer x, HeapBuffer y) {
    if (inner == 1) {
      rows(
          outer,
          reduced,
          r -> y.array()[y.offset() + r] = loops.sum(x.array(), x.offset() + r * reduced, reduced));
      return;
    }
    int blocks = (reduced + BLOCK - 1) / BLOCK;
    HeapBuffer partial = launcher.scratch(outer * blocks * inner);
    launcher.run(
        outer * blocks,
        Math.max(1, GRAIN / Math.max(1, Math.min(BLOCK, reduced) * inner)),
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int first = task % blocks * BLOCK;
            int count = Math.min(BLOCK, reduced - first);
            int source = x.offset() + (task / blocks * reduced + first) * inner;
            int target = partial.slot(task, inner);
            Arrays.fill(partial.array(), target, target + inner, 0f);
            loops.addRows(x.array(), source, count, inner, partial.array(), target, inner);
          }
        });
    launcher.run(
        outer,
        Math.max(1, GRAIN / Math.max(1, blocks * inner)),
        (slot, from, to) -> {
          for (int o = from; o < to; o++) {
            int target = y.offset() + o * inner;
            Arrays.fill(y.array(), target, target + inner, 0f);
            int source = partial.slot(o, blocks * inner);
            loops.addRows(partial.array(), source, blocks, inner, y.array(), target, inner);
          }
        });
  }

  void max(int outer, int reduced, int inner, HeapBuffer x, HeapBuffer y) {
    if (inner == 1) {
      rows(
          outer,
          reduced,
          r -> y.array()[y.offset() + r] = loops.max(x.array(), x.offset() + r * reduced, reduced));
      return;
    }
    rows(
        outer,
        reduced * inner,
        o -> {
          int source = x.offset() + o * reduced * inner;
          int target = y.offset() + o * inner;
          System.arraycopy(x.array(), source, y.array(), target, inner);
          for (int r = 1; r < reduced; r++) {
            loops.maxInto(x.array(), source + r * inner, y.array(), target, inner);
          }
        });
  }

  void softmax(int rows, int columns, HeapBuffer x, HeapBuffer y) {
    if (columns == 0) {
      return;
    }
    rows(
        rows,
        columns,
        r -> {
          int source = x.offset() + r * columns;
          int target = y.offset() + r * columns;
          float max = loops.max(x.array(), source, columns);
          float sum = loops.expSum(1f, max, x.array(), source, y.array(), target, columns);
          loops.affine(1f / sum, 0f, y.array(), target, y.array(), target, columns);
        });
  }

  void softmaxGradient(int rows, int columns, HeapBuffer y, HeapBuffer gy, HeapBuffer gx) {
    rows(
        rows,
        columns,
        r -> {
          int p = y.offset() + r * columns;
          int g = gy.offset() + r * columns;
          float dot = loops.dot(y.array(), p, gy.array(), g, columns);
          loops.softmaxGradient(
              dot, y.array(), p, gy.array(), g, gx.array(), gx.offset() + r * columns, columns);
        });
  }

  /** Work on one row. */
  private interface Row {
    void run(int row);
  }

  private void rows(int rows, int work, Row row) {
    launcher.run(
        rows,
        Math.max(1, GRAIN / Math.max(work, 1)),
        (slot, from, to) -> {
          for (int r = from; r < to; r++) {
            row.run(r);
          }
        });
  }
}
