package ornstein.engine.internal;

import static ornstein.engine.internal.Contractions.BLOCK;

import java.util.Arrays;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Attention.Rows;
import ornstein.engine.kernel.Kernels;

/**
 * The gradients of attention, in the blocks of {@link AttentionKernel}. Probabilities are computed
 * anew from the saved normalisers (Dao et al., 2022, algorithm 4). The gradients of keys and values
 * add the blocks of queries in order, that of a query the blocks of keys.
 */
final class AttentionGradient {
  private final Loops loops;
  private final Contractions contractions;

  AttentionGradient(Loops loops, Contractions contractions) {
    this.loops = loops;
    this.contractions = contractions;
  }

  /** Operands and results. */
  private record Buffers(
      HeapBuffer q,
      HeapBuffer k,
      HeapBuffer v,
      HeapBuffer y,
      HeapBuffer lse,
      HeapBuffer gy,
      HeapBuffer gq,
      HeapBuffer gk,
      HeapBuffer gv) {}

  /** Where the parts of a task's scratch lie. */
  private record Scratch(
      int keys,
      int keyRows,
      int values,
      int tile,
      int probabilities,
      int logits,
      int dots,
      int products,
      int size) {
    static Scratch of(AttentionHead h) {
      int blocks = AttentionHead.blocks(h.g().keys());
      int keyRows = blocks * h.firstSize();
      int values = keyRows + blocks * h.secondSize();
      int tile = values + blocks * h.firstSize();
      int probabilities = tile + 2 * h.turnedSize() + 2 * h.secondSize();
      int logits = probabilities + BLOCK * BLOCK;
      int dots = logits + BLOCK * BLOCK;
      int products = dots + 3 * BLOCK;
      int size = products + h.contractions().scratchSize();
      return new Scratch(0, keyRows, values, tile, probabilities, logits, dots, products, size);
    }
  }

  void run(
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
    AttentionHead h = new AttentionHead(g, contractions);
    Buffers buffers = new Buffers(q, k, v, y, lse, gy, gq, gk, gv);
    Scratch parts = Scratch.of(h);
    HeapBuffer scratch = launcher.scratch(launcher.slots() * parts.size());
    launcher.run(
        g.batch() * g.heads(),
        1,
        (slot, from, to) -> {
          int so = scratch.slot(slot, parts.size());
          for (int pair = from; pair < to; pair++) {
            keysAndValues(h, pair, buffers, scratch.array(), so, parts);
            for (int i = 0; i < g.queries() && g.dim() > 0; i += BLOCK) {
              tile(h, pair, i, buffers, scratch.array(), so, parts);
            }
          }
        });
  }

  /** Packs the keys and values of a sample and head, and clears their gradients. */
  private static void keysAndValues(
      AttentionHead h, int pair, Buffers buffers, float[] s, int so, Scratch parts) {
    Attention g = h.g();
    int sample = pair / g.heads();
    int head = pair % g.heads();
    for (int j = 0; j < g.keys(); j += BLOCK) {
      int n = Math.min(BLOCK, g.keys() - j);
      int b = j / BLOCK;
      float[] k = buffers.k.array();
      int ko = AttentionHead.at(buffers.k, g.k(), g.keys(), sample, head, j);
      h.first(k, ko, g.k().rowStride(), n, s, so + parts.keys() + b * h.firstSize());
      h.second(k, ko, g.k().rowStride(), n, s, so + parts.keyRows() + b * h.secondSize());
      int vo = AttentionHead.at(buffers.v, g.v(), g.keys(), sample, head, j);
      int values = so + parts.values() + b * h.firstSize();
      h.first(buffers.v.array(), vo, g.v().rowStride(), n, s, values);
    }
    clear(buffers.gk, g.k(), g.keys(), g, sample, head);
    clear(buffers.gv, g.v(), g.keys(), g, sample, head);
  }

  private static void clear(HeapBuffer x, Rows r, int rows, Attention g, int sample, int head) {
    for (int j = 0; j < rows; j++) {
      int at = AttentionHead.at(x, r, rows, sample, head, j);
      Arrays.fill(x.array(), at, at + g.dim(), 0f);
    }
  }

  /**
   * Queries {@code i …} of one sample and head: their gradient, and what they add to the others.
   */
  private void tile(
      AttentionHead h, int pair, int i, Buffers buffers, float[] s, int so, Scratch parts) {
    Attention g = h.g();
    int sample = pair / g.heads();
    int head = pair % g.heads();
    int queries = g.queries();
    int n = Math.min(BLOCK, queries - i);
    int turnedQueries = so + parts.tile();
    int turnedGradients = turnedQueries + h.turnedSize();
    int queryRows = turnedGradients + h.turnedSize();
    int gradientRows = queryRows + h.secondSize();
    int step = g.q().rowStride();
    int qo = AttentionHead.at(buffers.q, g.q(), queries, sample, head, i);
    h.turned(buffers.q.array(), qo, step, n, s, turnedQueries);
    h.second(buffers.q.array(), qo, step, n, s, queryRows);
    Rows out = h.dense();
    float[] gy = buffers.gy.array();
    int gyo = AttentionHead.at(buffers.gy, out, queries, sample, head, i);
    h.turned(gy, gyo, out.rowStride(), n, s, turnedGradients);
    h.second(gy, gyo, out.rowStride(), n, s, gradientRows);
    int dots = so + parts.dots();
    int yo = AttentionHead.at(buffers.y, out, queries, sample, head, i);
    for (int r = 0; r < n; r++) {
      int row = r * out.rowStride();
      s[dots + r] = loops.dot(buffers.y.array(), yo + row, gy, gyo + row, g.dim());
    }
    int normalisers = dots + BLOCK;
    System.arraycopy(
        buffers.lse.array(), buffers.lse.offset() + pair * queries + i, s, normalisers, n);
    int sums = normalisers + BLOCK;
    // Whole vectors: what the lanes beyond the last query hold does not matter.
    int lanes = (n + Kernels.LANES - 1) / Kernels.LANES * Kernels.LANES;
    int p = so + parts.probabilities();
    int ds = so + parts.logits();
    int work = so + parts.products();
    float[] gq = buffers.gq.array();
    int gqo = AttentionHead.at(buffers.gq, g.q(), queries, sample, head, i);
    int dim = g.dim();
    if (g.keys() == 0) {
      clear(buffers.gq, g.q(), queries, g, sample, head);
    }
    for (int j = 0; j < g.keys(); j += BLOCK) {
      int m = Math.min(BLOCK, g.keys() - j);
      int b = j / BLOCK;
      int keys = so + parts.keys() + b * h.firstSize();
      int values = so + parts.values() + b * h.firstSize();
      int keyRows = so + parts.keyRows() + b * h.secondSize();
      contractions.multiplyBlock(m, n, dim, s, keys, s, turnedQueries, s, p, BLOCK, false, s, work);
      contractions.multiplyBlock(
          m, n, dim, s, values, s, turnedGradients, s, ds, BLOCK, false, s, work);
      loops.flooredExpRows(g.scale(), s, normalisers, s, p, m, BLOCK, s, sums, lanes);
      loops.softmaxGradientRows(s, p, s, dots, s, ds, m, BLOCK, lanes);
      contractions.multiplyTransposedBlock(
          n, dim, m, s, ds, s, keyRows, gq, gqo, step, j > 0, s, work);
      int gko = AttentionHead.at(buffers.gk, g.k(), g.keys(), sample, head, j);
      float[] gk = buffers.gk.array();
      contractions.multiplyBlock(
          m, dim, n, s, ds, s, queryRows, gk, gko, g.k().rowStride(), true, s, work);
      int gvo = AttentionHead.at(buffers.gv, g.v(), g.keys(), sample, head, j);
      float[] gv = buffers.gv.array();
      contractions.multiplyBlock(
          m, dim, n, s, p, s, gradientRows, gv, gvo, g.v().rowStride(), true, s, work);
    }
    scale(g, gq, gqo, step, n);
    if (i + BLOCK >= queries) {
      int gko = AttentionHead.at(buffers.gk, g.k(), g.keys(), sample, head, 0);
      scale(g, buffers.gk.array(), gko, g.k().rowStride(), g.keys());
    }
  }

  /** Multiplies rows by the scale of the logits. */
  private void scale(Attention g, float[] x, int xo, int step, int rows) {
    for (int r = 0; r < rows; r++) {
      loops.affine(g.scale(), 0f, x, xo + r * step, x, xo + r * step, g.dim());
    }
  }
}
