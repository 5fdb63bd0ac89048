package ornstein.engine.internal;

import ornstein.engine.internal.scalar.ScalarMath;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Attention.Rows;

/**
 * Attention, one sample and head per task, a tile of queries at a time, so that no matrix of all
 * queries and keys exists. The backward pass recomputes the probabilities from the saved normaliser
 * instead of keeping them.
 */
final class AttentionKernel {
  /** Queries of a tile, one chunk of the sums over queries in the backward pass. */
  private static final int TILE = 64;

  private final Loops loops;
  private final Contractions contractions;

  AttentionKernel(Loops loops, Contractions contractions) {
    this.loops = loops;
    this.contractions = contractions;
  }

  /** First element of the rows of one sample and head. */
  private static int first(HeapBuffer x, Rows r, int rows, int sample, int head) {
    return x.offset() + r.offset() + sample * rows * r.rowStride() + head * r.headStride();
  }

  private static Rows dense(Attention g) {
    return new Rows(0, g.heads() * g.dim(), g.dim());
  }

  private static int tile(Attention g) {
    return Math.min(TILE, g.queries()) * g.keys();
  }

  void forward(
      Launcher launcher,
      Attention g,
      HeapBuffer q,
      HeapBuffer k,
      HeapBuffer v,
      HeapBuffer y,
      HeapBuffer lse) {
    int tiles = (g.queries() + TILE - 1) / TILE;
    int own = tile(g) + scratch(g);
    HeapBuffer scratch = launcher.scratch(launcher.slots() * own);
    Rows out = dense(g);
    launcher.run(
        g.batch() * g.heads() * tiles,
        1,
        (slot, from, to) -> {
          float[] s = scratch.array();
          int p = scratch.slot(slot, own);
          int work = p + tile(g);
          int keys = g.keys();
          for (int task = from; task < to; task++) {
            int pair = task / tiles;
            int sample = pair / g.heads();
            int head = pair % g.heads();
            int i = task % tiles * TILE;
            int n = Math.min(TILE, g.queries() - i);
            int qo = first(q, g.q(), g.queries(), sample, head) + i * g.q().rowStride();
            int ko = first(k, g.k(), keys, sample, head);
            int vo = first(v, g.v(), keys, sample, head);
            int yo = first(y, out, g.queries(), sample, head) + i * out.rowStride();
            products(g, n, q, qo, g.q(), k, ko, g.k(), s, p, work);
            for (int r = 0; r < n; r++) {
              lse.array()[lse.offset() + pair * g.queries() + i + r] =
                  probabilities(g, s, p + r * keys);
            }
            weighted(g, n, s, p, v, vo, g.v(), y, yo, out, work);
          }
        });
  }

  private int scratch(Attention g) {
    return contractions.scratch(Math.max(g.keys(), g.dim()));
  }

  /** tile = A · Bᵀ: rows of a tile of queries times those of all keys, or their gradients. */
  private void products(
      Attention g,
      int n,
      HeapBuffer a,
      int ao,
      Rows ar,
      HeapBuffer b,
      int bo,
      Rows br,
      float[] s,
      int tile,
      int work) {
    contractions.multiply(
        n,
        g.keys(),
        g.dim(),
        a.array(),
        ao,
        ar.rowStride(),
        1,
        b.array(),
        bo,
        1,
        br.rowStride(),
        s,
        tile,
        g.keys(),
        false,
        s,
        work);
  }

  /** C = tile · B: sums over the keys. */
  private void weighted(
      Attention g,
      int n,
      float[] s,
      int tile,
      HeapBuffer b,
      int bo,
      Rows br,
      HeapBuffer c,
      int co,
      Rows cr,
      int work) {
    contractions.multiply(
        n,
        g.dim(),
        g.keys(),
        s,
        tile,
        g.keys(),
        1,
        b.array(),
        bo,
        br.rowStride(),
        1,
        c.array(),
        co,
        cr.rowStride(),
        false,
        s,
        work);
  }

  /** C = tileᵀ · B, or C + tileᵀ · B: what a tile of queries adds to a gradient of the keys. */
  private void gathered(
      Attention g,
      int n,
      float[] s,
      int tile,
      HeapBuffer b,
      int bo,
      Rows br,
      HeapBuffer c,
      int co,
      Rows cr,
      boolean add,
      int work) {
    contractions.multiply(
        g.keys(),
        g.dim(),
        n,
        s,
        tile,
        1,
        g.keys(),
        b.array(),
        bo,
        br.rowStride(),
        1,
        c.array(),
        co,
        cr.rowStride(),
        add,
        s,
        work);
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
      Launcher launcher,
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
    int own = 2 * tile(g) + scratch(g);
    HeapBuffer scratch = launcher.scratch(launcher.slots() * own);
    Rows out = dense(g);
    launcher.run(
        g.batch() * g.heads(),
        1,
        (slot, from, to) -> {
          float[] s = scratch.array();
          int p = scratch.slot(slot, own);
          int ds = p + tile(g);
          int work = ds + tile(g);
          int keys = g.keys();
          int queries = g.queries();
          for (int task = from; task < to; task++) {
            int sample = task / g.heads();
            int head = task % g.heads();
            int ko = first(k, g.k(), keys, sample, head);
            int vo = first(v, g.v(), keys, sample, head);
            int gko = first(gk, g.k(), keys, sample, head);
            int gvo = first(gv, g.v(), keys, sample, head);
            // Without queries the gradients of keys and values are still written, as zeros.
            for (int i = 0; i == 0 || i < queries; i += TILE) {
              int n = Math.min(TILE, queries - i);
              int qo = first(q, g.q(), queries, sample, head) + i * g.q().rowStride();
              int gqo = first(gq, g.q(), queries, sample, head) + i * g.q().rowStride();
              int yo = first(y, out, queries, sample, head) + i * out.rowStride();
              int gyo = first(gy, out, queries, sample, head) + i * out.rowStride();
              products(g, n, q, qo, g.q(), k, ko, g.k(), s, p, work);
              products(g, n, gy, gyo, out, v, vo, g.v(), s, ds, work);
              for (int r = 0; r < n; r++) {
                float normaliser = lse.array()[lse.offset() + task * queries + i + r];
                int row = r * out.rowStride();
                float dot = loops.dot(y.array(), yo + row, gy.array(), gyo + row, g.dim());
                logitGradients(g, normaliser, dot, s, p + r * keys, ds + r * keys);
              }
              weighted(g, n, s, ds, k, ko, g.k(), gq, gqo, g.q(), work);
              gathered(g, n, s, ds, q, qo, g.q(), gk, gko, g.k(), i > 0, work);
              gathered(g, n, s, p, gy, gyo, out, gv, gvo, g.v(), i > 0, work);
            }
          }
        });
  }

  /** One row: p becomes the probabilities, ds the gradient of the products before scaling. */
  private void logitGradients(Attention g, float normaliser, float dot, float[] s, int p, int ds) {
    int keys = g.keys();
    loops.affine(g.scale(), 0f, s, p, s, p, keys);
    loops.expSum(normaliser, s, p, s, p, keys);
    loops.softmaxGradient(dot, s, p, s, ds, s, ds, keys);
    loops.affine(g.scale(), 0f, s, ds, s, ds, keys);
  }
}
