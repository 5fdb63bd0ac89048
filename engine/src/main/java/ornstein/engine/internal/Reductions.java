package ornstein.engine.internal;

import java.util.Arrays;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Kernels;

/** Sums, maxima and softmax in the order that {@link Kernels} fixes. */
final class Reductions {
  private static final int GRAIN = 16_384;
  private static final int BLOCK = Kernels.REDUCTION_BLOCK;

  private final Loops loops;
  private final WorkerTeam team;

  Reductions(Loops loops, WorkerTeam team) {
    this.loops = loops;
    this.team = team;
  }

  void sum(int outer, int reduced, int inner, HeapBuffer x, HeapBuffer y) {
    if (inner == 1) {
      rows(
          outer,
          reduced,
          r -> y.array()[y.offset() + r] = loops.sum(x.array(), x.offset() + r * reduced, reduced));
      return;
    }
    Arrays.fill(y.array(), y.offset(), y.offset() + y.size(), 0f);
    int blocks = (reduced + BLOCK - 1) / BLOCK;
    float[] partial = new float[outer * blocks * inner];
    team.run(
        outer * blocks,
        Math.max(1, GRAIN / Math.max(1, Math.min(BLOCK, reduced) * inner)),
        (from, to) -> {
          for (int task = from; task < to; task++) {
            int first = task % blocks * BLOCK;
            int count = Math.min(BLOCK, reduced - first);
            int source = x.offset() + (task / blocks * reduced + first) * inner;
            loops.addRows(x.array(), source, count, inner, partial, task * inner, inner);
          }
        });
    for (int o = 0; o < outer; o++) {
      loops.addRows(
          partial, o * blocks * inner, blocks, inner, y.array(), y.offset() + o * inner, inner);
    }
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
          float sum = loops.expSum(max, x.array(), source, y.array(), target, columns);
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
    team.run(
        rows,
        Math.max(1, GRAIN / Math.max(work, 1)),
        (from, to) -> {
          for (int r = from; r < to; r++) {
            row.run(r);
          }
        });
  }
}
