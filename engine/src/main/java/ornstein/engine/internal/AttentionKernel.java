package ornstein.engine.internal;

import ornstein.engine.internal.scalar.ScalarMath;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Attention.Rows;
import ornstein.engine.kernel.Kernels;

/**
 * Attention, a tile of queries of one sample and head at a time, so that no matrix of all queries
 * and keys exists. Keys and values are packed once for all tiles of a task. Neither the products
 * nor the exponentials are scaled on their own: the scale is part of the exponential's argument,
 * and the normaliser divides the weighted sum of values, which is shorter than a row of weights.
 *
 * <p>The backward pass recomputes the probabilities from the saved normaliser instead of keeping
 * them.
 */
final class AttentionKernel {
  /** Queries of a tile, and keys of one of its blocks; one chunk of the sums over either. */
  private static final int BLOCK = Contractions.BLOCK;

  /** Queries of a tile in the forward pass, whose weights stay in L1. */
  private static final int ROWS = 16;

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

  /** Elements of a tile of queries by all keys, in blocks of BLOCK × BLOCK. */
  private static int tile(Attention g) {
    return blocks(g) * BLOCK * BLOCK;
  }

  private static int blocks(Attention g) {
    return (g.keys() + BLOCK - 1) / BLOCK;
  }

  /** Elements of keys or values as the second factor of a product, either way round. */
  private int packedSize(Attention g) {
    int turned = blocks(g) * contractions.packedSize(g.dim(), BLOCK);
    return Math.max(turned, contractions.packedSize(Math.max(BLOCK, g.keys()), g.dim()));
  }

  void forward(
      Launcher launcher,
      Attention g,
      HeapBuffer q,
      HeapBuffer k,
      HeapBuffer v,
      HeapBuffer y,
      HeapBuffer lse) {
    int tiles = (g.queries() + ROWS - 1) / ROWS;
    int pairs = g.batch() * g.heads();
    // Tiles are tasks of their own only where there are not enough samples and heads.
    int groups = pairs >= 2 * launcher.slots() || launcher.slots() == 1 ? 1 : Math.min(4, tiles);
    int packed = packedSize(g);
    int own = tile(g) + BLOCK + 2 * packed + contractions.scratchSize();
    HeapBuffer scratch = launcher.scratch(launcher.slots() * own);
    Rows out = dense(g);
    launcher.run(
        pairs * groups,
        1,
        (slot, from, to) -> {
          float[] s = scratch.array();
          int p = scratch.slot(slot, own);
          int sums = p + tile(g);
          int packedKeys = sums + BLOCK;
          int packedValues = packedKeys + packed;
          int work = packedValues + packed;
          int keys = g.keys();
          for (int task = from; task < to; task++) {
            int pair = task / groups;
            int sample = pair / g.heads();
            int head = pair % g.heads();
            turned(g, k, first(k, g.k(), keys, sample, head), g.k(), s, packedKeys);
            packed(g, keys, v, first(v, g.v(), keys, sample, head), g.v(), s, packedValues);
            int end = tiles * (task % groups + 1) / groups;
            for (int t = tiles * (task % groups) / groups; t < end; t++) {
              int i = t * ROWS;
              int n = Math.min(ROWS, g.queries() - i);
              int qo = first(q, g.q(), g.queries(), sample, head) + i * g.q().rowStride();
              int yo = first(y, out, g.queries(), sample, head) + i * out.rowStride();
              products(g, n, q, qo, g.q(), s, packedKeys, p, work);
              int normalisers = lse.offset() + pair * g.queries() + i;
              for (int r = 0; r < n; r++) {
                int row = p + r * BLOCK;
                float shift = g.scale() * loops.maxBlocks(s, row, BLOCK * BLOCK, keys);
                loops.flooredExpBlocks(g.scale(), shift, s, row, BLOCK * BLOCK, keys);
                int even = (keys + Kernels.LANES - 1) / Kernels.LANES * Kernels.LANES;
                for (int j = keys; j < even; j++) {
                  s[row + j / BLOCK * BLOCK * BLOCK + j % BLOCK] = 0f;
                }
                s[sums + r] = loops.sumBlocks(s, row, BLOCK * BLOCK, even);
                lse.array()[normalisers + r] = shift + ScalarMath.log(s[sums + r]);
              }
              weighted(g, n, s, p, packedValues, y, yo, out, work);
              for (int r = 0; r < n; r++) {
                int row = yo + r * out.rowStride();
                loops.affine(1f / s[sums + r], 0f, y.array(), row, y.array(), row, g.dim());
              }
            }
          }
        });
  }

  /** Packs rows as the columns of a second factor, a block of them after the other. */
  private void turned(Attention g, HeapBuffer x, int xo, Rows r, float[] s, int to) {
    int size = contractions.packedSize(g.dim(), BLOCK);
    for (int b = 0; b < blocks(g); b++) {
      int n = Math.min(BLOCK, g.keys() - b * BLOCK);
      int from = xo + b * BLOCK * r.rowStride();
      contractions.pack(x.array(), from, 1, r.rowStride(), g.dim(), n, s, to + b * size);
    }
  }

  /** Packs {@code rows} rows as the rows of a second factor. */
  private void packed(Attention g, int rows, HeapBuffer x, int xo, Rows r, float[] s, int to) {
    contractions.pack(x.array(), xo, r.rowStride(), 1, rows, g.dim(), s, to);
  }

  /** tile = A · B, n rows of queries or their gradients times all keys or values. */
  private void products(
      Attention g, int n, HeapBuffer a, int ao, Rows ar, float[] s, int packed, int to, int work) {
    int size = contractions.packedSize(g.dim(), BLOCK);
    for (int b = 0; b < blocks(g); b++) {
      contractions.multiply(
          n,
          Math.min(BLOCK, g.keys() - b * BLOCK),
          g.dim(),
          a.array(),
          ao,
          ar.rowStride(),
          1,
          s,
          packed + b * size,
          s,
          to + b * BLOCK * BLOCK,
          BLOCK,
          false,
          s,
          work);
    }
  }

  /** C = tile · B, sums over the keys. */
  private void weighted(
      Attention g,
      int n,
      float[] s,
      int tile,
      int packed,
      HeapBuffer c,
      int co,
      Rows cr,
      int work) {
    contractions.multiplyBlocks(
        n, g.dim(), g.keys(), s, tile, s, packed, c.array(), co, cr.rowStride(), s, work);
  }

  /** C = tileᵀ · B, or C + tileᵀ · B, what n queries add to a gradient of the keys or values. */
  private void gathered(
      Attention g,
      int n,
      float[] s,
      int tile,
      int packed,
      HeapBuffer c,
      int co,
      Rows cr,
      boolean add,
      int work) {
    contractions.multiplyTransposedBlocks(
        g.keys(), g.dim(), n, s, tile, s, packed, c.array(), co, cr.rowStride(), add, s, work);
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
    int packed = packedSize(g);
    int own = 2 * tile(g) + 4 * packed + contractions.scratchSize();
    HeapBuffer scratch = launcher.scratch(launcher.slots() * own);
    Rows out = dense(g);
    launcher.run(
        g.batch() * g.heads(),
        1,
        (slot, from, to) -> {
          float[] s = scratch.array();
          int p = scratch.slot(slot, own);
          int ds = p + tile(g);
          int turnedKeys = ds + tile(g);
          int turnedValues = turnedKeys + packed;
          int packedKeys = turnedValues + packed;
          int packedTile = packedKeys + packed;
          int work = packedTile + packed;
          int keys = g.keys();
          int queries = g.queries();
          for (int task = from; task < to; task++) {
            int sample = task / g.heads();
            int head = task % g.heads();
            int ko = first(k, g.k(), keys, sample, head);
            int gko = first(gk, g.k(), keys, sample, head);
            int gvo = first(gv, g.v(), keys, sample, head);
            turned(g, k, ko, g.k(), s, turnedKeys);
            turned(g, v, first(v, g.v(), keys, sample, head), g.v(), s, turnedValues);
            packed(g, keys, k, ko, g.k(), s, packedKeys);
            // Without queries the gradients of keys and values are still written, as zeros.
            for (int i = 0; i == 0 || i < queries; i += BLOCK) {
              int n = Math.min(BLOCK, queries - i);
              int qo = first(q, g.q(), queries, sample, head) + i * g.q().rowStride();
              int gqo = first(gq, g.q(), queries, sample, head) + i * g.q().rowStride();
              int yo = first(y, out, queries, sample, head) + i * out.rowStride();
              int gyo = first(gy, out, queries, sample, head) + i * out.rowStride();
              products(g, n, q, qo, g.q(), s, turnedKeys, p, work);
              products(g, n, gy, gyo, out, s, turnedValues, ds, work);
              for (int r = 0; r < n; r++) {
                float normaliser = lse.array()[lse.offset() + task * queries + i + r];
                int row = r * out.rowStride();
                float dot = loops.dot(y.array(), yo + row, gy.array(), gyo + row, g.dim());
                logitGradients(g, normaliser, dot, s, p + r * BLOCK, ds + r * BLOCK);
              }
              weighted(g, n, s, ds, packedKeys, gq, gqo, g.q(), work);
              scale(g, n, gq, gqo, g.q());
              packed(g, n, q, qo, g.q(), s, packedTile);
              gathered(g, n, s, ds, packedTile, gk, gko, g.k(), i > 0, work);
              packed(g, n, gy, gyo, out, s, packedTile);
              gathered(g, n, s, p, packedTile, gv, gvo, g.v(), i > 0, work);
            }
            scale(g, keys, gk, gko, g.k());
          }
        });
  }

  /** One row: p becomes the probabilities, ds the gradient of the scaled products. */
  private void logitGradients(Attention g, float normaliser, float dot, float[] s, int p, int ds) {
    loops.flooredExpBlocks(g.scale(), normaliser, s, p, BLOCK * BLOCK, g.keys());
    for (int j = 0; j < g.keys(); j += BLOCK) {
      int at = j * BLOCK;
      int n = Math.min(BLOCK, g.keys() - j);
      loops.softmaxGradient(dot, s, p + at, s, ds + at, s, ds + at, n);
    }
  }

  /** Multiplies rows by the scale of the products. */
  private void scale(Attention g, int n, HeapBuffer x, int xo, Rows r) {
    for (int i = 0; i < n; i++) {
      int at = xo + i * r.rowStride();
      loops.affine(g.scale(), 0f, x.array(), at, x.array(), at, g.dim());
    }
  }
}
