package ornstein.engine.internal;

import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Matmul;

/** Shares a batched product among the team, by product, by rows or by columns. */
final class BatchedProduct {
  /** Fused multiply-adds of a part below which sharing costs more than it gains. */
  private static final int GRAIN = 131_072;

  /** Rows and columns of a part; a multiple of every micro-kernel's tile. */
  private static final int CHUNK = 64;

  private BatchedProduct() {}

  static void run(
      WorkerTeam team, Contractions c, Matmul g, HeapBuffer a, HeapBuffer b, HeapBuffer y) {
    boolean byRows = g.rows() >= g.columns();
    int chunks = ((byRows ? g.rows() : g.columns()) + CHUNK - 1) / CHUNK;
    long work = (long) CHUNK * (byRows ? g.columns() : g.rows()) * g.depth();
    int grain = (int) Math.max(1, GRAIN / Math.max(work, 1));
    team.run(
        g.batch() * chunks,
        grain,
        (from, to) -> {
          int task = from;
          while (task < to) {
            int product = task / chunks;
            int first = task % chunks;
            int last = Math.min(chunks, first + to - task);
            part(c, g, a, b, y, product, byRows, first * CHUNK, last * CHUNK);
            task += last - first;
          }
        });
  }

  private static void part(
      Contractions c,
      Matmul g,
      HeapBuffer a,
      HeapBuffer b,
      HeapBuffer y,
      int product,
      boolean byRows,
      int from,
      int end) {
    int rows = g.rows();
    int columns = g.columns();
    int depth = g.depth();
    int ao = a.offset() + product * rows * depth;
    int bo = b.offset() + product * columns * depth;
    Matrix first =
        g.transposeA() ? new Matrix(a.array(), ao, 1, rows) : new Matrix(a.array(), ao, depth, 1);
    Matrix second =
        g.transposeB()
            ? new Matrix(b.array(), bo, 1, depth)
            : new Matrix(b.array(), bo, columns, 1);
    int yo = y.offset() + product * rows * columns;
    if (byRows) {
      int count = Math.min(end, rows) - from;
      c.multiply(
          count,
          columns,
          depth,
          first.from(from, 0),
          second,
          y.array(),
          yo + from * columns,
          columns,
          false);
    } else {
      int count = Math.min(end, columns) - from;
      c.multiply(
          rows, count, depth, first, second.from(0, from), y.array(), yo + from, columns, false);
    }
  }
}
