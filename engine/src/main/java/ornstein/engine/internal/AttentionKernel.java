package ornstein.engine.internal;

import static ornstein.engine.internal.Contractions.BLOCK;

import java.util.Arrays;
import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Attention.Rows;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.Unary;

/**
 * Attention by blocks of {@value Contractions#BLOCK} queries and as many keys, so that no matrix of
 * all of them exists and what lies between the products stays in L1. Each block of keys may raise
 * the maximum of a query, which then scales down what was summed before (Dao et al., 2022,
 * "FlashAttention", algorithm 1). The logits are not scaled on their own: the scale is part of the
 * exponential's argument.
 */
final class AttentionKernel {
  private final Loops loops;
  private final Contractions contractions;

  AttentionKernel(Loops loops, Contractions contractions) {
    this.loops = loops;
    this.contractions = contractions;
  }

  /** Where the parts of a task's scratch lie. */
  private record Scratch(
      int keys, int values, int queries, int weights, int sums, int products, int size) {
    static Scratch of(AttentionHead h) {
      int blocks = AttentionHead.blocks(h.g().keys());
      int values = blocks * h.firstSize();
      int queries = values + blocks * h.secondSize();
      int weights = queries + h.turnedSize();
      int sums = weights + BLOCK * BLOCK;
      int products = sums + 5 * BLOCK;
      return new Scratch(
          0, values, queries, weights, sums, products, products + h.contractions().scratchSize());
    }
  }

  void forward(
      Launcher launcher,
      Attention g,
      HeapBuffer q,
      HeapBuffer k,
      HeapBuffer v,
      HeapBuffer y,
      HeapBuffer lse) {
    if (g.keys() == 0 || g.dim() == 0) {
      launcher.run(1, 1, (slot, from, to) -> empty(y, lse));
      return;
    }
    AttentionHead h = new AttentionHead(g, contractions);
    int tiles = AttentionHead.blocks(g.queries());
    int pairs = g.batch() * g.heads();
    // Tiles are tasks of their own only where there are not enough samples and heads.
    int groups = pairs >= 2 * launcher.slots() || launcher.slots() == 1 ? 1 : Math.min(4, tiles);
    Scratch parts = Scratch.of(h);
    HeapBuffer scratch = launcher.scratch(launcher.slots() * parts.size());
    launcher.run(
        pairs * groups,
        1,
        (slot, from, to) -> {
          int so = scratch.slot(slot, parts.size());
          for (int task = from; task < to; task++) {
            int pair = task / groups;
            keysAndValues(h, pair, k, v, scratch.array(), so, parts);
            int end = tiles * (task % groups + 1) / groups;
            for (int t = tiles * (task % groups) / groups; t < end; t++) {
              tile(h, pair, t * BLOCK, q, y, lse, scratch.array(), so, parts);
            }
          }
        });
  }

  /** Without keys, or without channels, there is nothing to sum. */
  private static void empty(HeapBuffer y, HeapBuffer lse) {
    Arrays.fill(y.array(), y.offset(), y.offset() + y.size(), 0f);
    Arrays.fill(lse.array(), lse.offset(), lse.offset() + lse.size(), Float.NEGATIVE_INFINITY);
  }

  private static void keysAndValues(
      AttentionHead h, int pair, HeapBuffer k, HeapBuffer v, float[] s, int so, Scratch parts) {
    Attention g = h.g();
    int sample = pair / g.heads();
    int head = pair % g.heads();
    for (int j = 0; j < g.keys(); j += BLOCK) {
      int n = Math.min(BLOCK, g.keys() - j);
      int b = j / BLOCK;
      int ko = AttentionHead.at(k, g.k(), g.keys(), sample, head, j);
      h.first(k.array(), ko, g.k().rowStride(), n, s, so + parts.keys() + b * h.firstSize());
      int vo = AttentionHead.at(v, g.v(), g.keys(), sample, head, j);
      h.second(v.array(), vo, g.v().rowStride(), n, s, so + parts.values() + b * h.secondSize());
    }
  }

  /** Queries {@code i …} of one sample and head. */
  private void tile(
      AttentionHead h,
      int pair,
      int i,
      HeapBuffer q,
      HeapBuffer y,
      HeapBuffer lse,
      float[] s,
      int so,
      Scratch parts) {
    Attention g = h.g();
    int sample = pair / g.heads();
    int head = pair % g.heads();
    int n = Math.min(BLOCK, g.queries() - i);
    int qo = AttentionHead.at(q, g.q(), g.queries(), sample, head, i);
    h.turned(q.array(), qo, g.q().rowStride(), n, s, so + parts.queries());
    Rows out = h.dense();
    int step = out.rowStride();
    int yo = AttentionHead.at(y, out, g.queries(), sample, head, i);
    // Whole vectors: what the lanes beyond the last query hold does not matter.
    int lanes = (n + Kernels.LANES - 1) / Kernels.LANES * Kernels.LANES;
    int p = so + parts.weights();
    int max = so + parts.sums();
    int shift = max + BLOCK;
    int sums = shift + BLOCK;
    int shrink = sums + BLOCK;
    int added = shrink + BLOCK;
    int work = so + parts.products();
    // Finite: a block whose logits are all −∞ must not spoil those that follow.
    Arrays.fill(s, max, max + lanes, -Float.MAX_VALUE);
    for (int j = 0; j < g.keys(); j += BLOCK) {
      int m = Math.min(BLOCK, g.keys() - j);
      int keys = so + parts.keys() + j / BLOCK * h.firstSize();
      int values = so + parts.values() + j / BLOCK * h.secondSize();
      contractions.multiplyBlock(
          m, n, g.dim(), s, keys, s, so + parts.queries(), s, p, BLOCK, false, s, work);
      boolean later = j > 0;
      System.arraycopy(s, max, s, shrink, lanes);
      loops.maxRows(s, p, m, BLOCK, s, max, lanes);
      loops.affine(g.scale(), 0f, s, max, s, shift, lanes);
      if (later) {
        loops.flooredExpRows(g.scale(), s, shift, s, shrink, 1, BLOCK, s, added, lanes);
        loops.binary(Binary.MULTIPLY, s, sums, 1, s, shrink, 1, s, sums, lanes);
        loops.scaleRows(s, shrink, y.array(), yo, n, step, g.dim());
      }
      loops.flooredExpRows(g.scale(), s, shift, s, p, m, BLOCK, s, later ? added : sums, lanes);
      if (later) {
        loops.binary(Binary.ADD, s, sums, 1, s, added, 1, s, sums, lanes);
      }
      contractions.multiplyTransposedBlock(
          n, g.dim(), m, s, p, s, values, y.array(), yo, step, later, s, work);
    }
    int normalisers = lse.offset() + pair * g.queries() + i;
    loops.unary(Unary.LOG, s, sums, s, added, lanes);
    loops.binary(Binary.ADD, s, shift, 1, s, added, 1, lse.array(), normalisers, n);
    loops.unary(Unary.RECIPROCAL, s, sums, s, shrink, lanes);
    loops.scaleRows(s, shrink, y.array(), yo, n, step, g.dim());
  }
}
