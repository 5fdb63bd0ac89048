package ornstein.engine.internal;

import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.internal.scalar.ScalarMath;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Attention.Rows;

/**
 * Attention, one sample and head per task. The backward pass recomputes the probabilities from the
 * saved normaliser instead of keeping them.
 */
final class AttentionKernel {
  private final Loops loops;
  private final Contractions contractions;
  private final WorkerTeam team;

  AttentionKernel(Loops loops, Contractions contractions, WorkerTeam team) {
    this.loops = loops;
    this.contractions = contractions;
    this.team = team;
  }

  /** The rows of one sample and head, as a matrix [rows, dim]. */
  private static Matrix rows(HeapBuffer x, Rows r, int rows, int sample, int head) {
    int offset = x.offset() + r.offset() + sample * rows * r.rowStride() + head * r.headStride();
    return new Matrix(x.array(), offset, r.rowStride(), 1);
  }

  private static Rows dense(Attention g) {
    return new Rows(0, g.heads() * g.dim(), g.dim());
  }

  void forward(
      Attention g, HeapBuffer q, HeapBuffer k, HeapBuffer v, HeapBuffer y, HeapBuffer lse) {
    int queries = g.queries();
    int keys = g.keys();
    team.run(
        g.batch() * g.heads(),
        1,
        (from, to) -> {
          float[] p = new float[queries * keys];
          for (int task = from; task < to; task++) {
            int sample = task / g.heads();
            int head = task % g.heads();
            Matrix keyRows = rows(k, g.k(), keys, sample, head);
            Matrix result = rows(y, dense(g), queries, sample, head);
            contractions.multiply(
                queries,
                keys,
                g.dim(),
                rows(q, g.q(), queries, sample, head),
                keyRows.transposed(),
                p,
                0,
                keys);
            for (int i = 0; i < queries; i++) {
              float normaliser = probabilities(g, p, i * keys);
              lse.array()[lse.offset() + task * queries + i] = normaliser;
            }
            contractions.multiply(
                queries,
                g.dim(),
                keys,
                new Matrix(p, 0, keys, 1),
                rows(v, g.v(), keys, sample, head),
                result.array(),
                result.offset(),
                result.rowStride());
          }
        });
  }

  /** Turns one row of products into probabilities; returns the log of the normaliser. */
  private float probabilities(Attention g, float[] p, int row) {
    int keys = g.keys();
    loops.affine(g.scale(), 0f, p, row, p, row, keys);
    float max = loops.max(p, row, keys);
    float sum = loops.expSum(max, p, row, p, row, keys);
    loops.affine(1f / sum, 0f, p, row, p, row, keys);
    return max + ScalarMath.log(sum);
  }

  void gradient(
      Attention g,
      HeapBuffer q,
      HeapBuffer k,
      HeapBuffer v,
      HeapBuffer y,
      HeapBuffer lse,
      HeapBuffer gy,
      HeapBuffer gq,
      HeapBuffer gk,
      HeapBuffer gv) {
    int queries = g.queries();
    int keys = g.keys();
    team.run(
        g.batch() * g.heads(),
        1,
        (from, to) -> {
          float[] p = new float[queries * keys];
          float[] ds = new float[queries * keys];
          for (int task = from; task < to; task++) {
            int sample = task / g.heads();
            int head = task % g.heads();
            Matrix queryRows = rows(q, g.q(), queries, sample, head);
            Matrix keyRows = rows(k, g.k(), keys, sample, head);
            Matrix valueRows = rows(v, g.v(), keys, sample, head);
            Matrix result = rows(y, dense(g), queries, sample, head);
            Matrix upstream = rows(gy, dense(g), queries, sample, head);
            contractions.multiply(
                queries, keys, g.dim(), queryRows, keyRows.transposed(), p, 0, keys);
            contractions.multiply(
                queries, keys, g.dim(), upstream, valueRows.transposed(), ds, 0, keys);
            for (int i = 0; i < queries; i++) {
              float normaliser = lse.array()[lse.offset() + task * queries + i];
              logitGradients(g, normaliser, i, result, upstream, p, ds);
            }
            Matrix probabilities = new Matrix(p, 0, keys, 1);
            Matrix logits = new Matrix(ds, 0, keys, 1);
            product(queries, keys, logits, keyRows, g, rows(gq, g.q(), queries, sample, head));
            product(
                keys,
                queries,
                logits.transposed(),
                queryRows,
                g,
                rows(gk, g.k(), keys, sample, head));
            product(
                keys,
                queries,
                probabilities.transposed(),
                upstream,
                g,
                rows(gv, g.v(), keys, sample, head));
          }
        });
  }

  private void product(int rows, int depth, Matrix a, Matrix b, Attention g, Matrix target) {
    contractions.multiply(
        rows, g.dim(), depth, a, b, target.array(), target.offset(), target.rowStride());
  }

  /** Row i: p becomes the probabilities, ds the gradient of the products before scaling. */
  private void logitGradients(
      Attention g, float normaliser, int i, Matrix result, Matrix upstream, float[] p, float[] ds) {
    int keys = g.keys();
    int row = i * keys;
    float dot =
        loops.dot(
            result.array(),
            result.offset() + i * result.rowStride(),
            upstream.array(),
            upstream.offset() + i * upstream.rowStride(),
            g.dim());
    loops.affine(g.scale(), 0f, p, row, p, row, keys);
    loops.expSum(normaliser, p, row, p, row, keys);
    loops.softmaxGradient(dot, p, row, ds, row, ds, row, keys);
    loops.affine(g.scale(), 0f, ds, row, ds, row, keys);
  }
}
