package ornstein.engine.internal;

import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.internal.scalar.ScalarMath;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Attention.Rows;

/**
 * Attention, one sample and head per task, a tile of queries at a time, so that no matrix of all
 * queries and keys exists. The backward pass recomputes the probabilities from the saved normaliser
 * instead of keeping them.
 */
final class AttentionKernel {
  /** Queries of a tile. The gradients of keys and values go on from tile to tile, in order. */
  private static final int TILE = 64;

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

  private static float[] tile(Attention g) {
    return new float[Math.min(TILE, g.queries()) * g.keys()];
  }

  void forward(
      Attention g, HeapBuffer q, HeapBuffer k, HeapBuffer v, HeapBuffer y, HeapBuffer lse) {
    int keys = g.keys();
    team.run(
        g.batch() * g.heads(),
        1,
        (from, to) -> {
          float[] p = tile(g);
          for (int task = from; task < to; task++) {
            int sample = task / g.heads();
            int head = task % g.heads();
            Matrix queryRows = rows(q, g.q(), g.queries(), sample, head);
            Matrix keyRows = rows(k, g.k(), keys, sample, head);
            Matrix valueRows = rows(v, g.v(), keys, sample, head);
            Matrix result = rows(y, dense(g), g.queries(), sample, head);
            for (int i = 0; i < g.queries(); i += TILE) {
              int n = Math.min(TILE, g.queries() - i);
              multiply(n, keys, g.dim(), queryRows.from(i, 0), keyRows.transposed(), dense(p, g));
              for (int r = 0; r < n; r++) {
                lse.array()[lse.offset() + task * g.queries() + i + r] =
                    probabilities(g, p, r * keys);
              }
              multiply(n, g.dim(), keys, dense(p, g), valueRows, result.from(i, 0));
            }
          }
        });
  }

  /** A tile's array as a matrix [queries, keys]. */
  private static Matrix dense(float[] tile, Attention g) {
    return new Matrix(tile, 0, g.keys(), 1);
  }

  private void multiply(int rows, int columns, int depth, Matrix a, Matrix b, Matrix c) {
    contractions.multiply(rows, columns, depth, a, b, c.array(), c.offset(), c.rowStride(), false);
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
    int keys = g.keys();
    team.run(
        g.batch() * g.heads(),
        1,
        (from, to) -> {
          float[] p = tile(g);
          float[] ds = tile(g);
          for (int task = from; task < to; task++) {
            int sample = task / g.heads();
            int head = task % g.heads();
            Matrix queryRows = rows(q, g.q(), g.queries(), sample, head);
            Matrix keyRows = rows(k, g.k(), keys, sample, head);
            Matrix valueRows = rows(v, g.v(), keys, sample, head);
            Matrix result = rows(y, dense(g), g.queries(), sample, head);
            Matrix upstream = rows(gy, dense(g), g.queries(), sample, head);
            Matrix gQueries = rows(gq, g.q(), g.queries(), sample, head);
            Matrix gKeys = rows(gk, g.k(), keys, sample, head);
            Matrix gValues = rows(gv, g.v(), keys, sample, head);
            for (int i = 0; i < g.queries(); i += TILE) {
              int n = Math.min(TILE, g.queries() - i);
              Matrix tileQueries = queryRows.from(i, 0);
              Matrix tileUpstream = upstream.from(i, 0);
              multiply(n, keys, g.dim(), tileQueries, keyRows.transposed(), dense(p, g));
              multiply(n, keys, g.dim(), tileUpstream, valueRows.transposed(), dense(ds, g));
              for (int r = 0; r < n; r++) {
                float normaliser = lse.array()[lse.offset() + task * g.queries() + i + r];
                logitGradients(g, normaliser, r, result.from(i, 0), tileUpstream, p, ds);
              }
              multiply(n, g.dim(), keys, dense(ds, g), keyRows, gQueries.from(i, 0));
              addTransposed(g, n, ds, tileQueries, gKeys, i > 0);
              addTransposed(g, n, p, tileUpstream, gValues, i > 0);
            }
          }
        });
  }

  /** The part of the keys' or values' gradient that a tile of queries gives. */
  private void addTransposed(
      Attention g, int queries, float[] tile, Matrix b, Matrix target, boolean accumulate) {
    contractions.multiply(
        g.keys(),
        g.dim(),
        queries,
        dense(tile, g).transposed(),
        b,
        target.array(),
        target.offset(),
        target.rowStride(),
        accumulate);
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
