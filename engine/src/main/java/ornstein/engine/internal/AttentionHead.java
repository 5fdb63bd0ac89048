package ornstein.engine.internal;

import static ornstein.engine.internal.Contractions.BLOCK;

import ornstein.engine.kernel.Attention;
import ornstein.engine.kernel.Attention.Rows;

/**
 * Where the operands of one sample and head lie, and their forms as factors of products. Logits lie
 * keys × queries, so that maxima, exponentials and sums run down columns and 16 queries are side by
 * side.
 *
 * @param g the geometry
 * @param contractions the products
 */
record AttentionHead(Attention g, Contractions contractions) {
  /** Rows of the dense result. */
  Rows dense() {
    return new Rows(0, g.heads() * g.dim(), g.dim());
  }

  /** Place in the array of a row of a sample and head. */
  static int at(HeapBuffer x, Rows r, int rows, int sample, int head, int row) {
    return x.offset() + r.offset() + (sample * rows + row) * r.rowStride() + head * r.headStride();
  }

  static int blocks(int rows) {
    return (rows + BLOCK - 1) / BLOCK;
  }

  /** Elements of a block of rows as the first factor. */
  int firstSize() {
    return BLOCK * BLOCK * blocks(g.dim());
  }

  /** Elements of a block of rows as the rows of a second factor. */
  int secondSize() {
    return contractions.packedSize(BLOCK, g.dim());
  }

  /** Elements of a block of rows as the columns of a second factor. */
  int turnedSize() {
    return contractions.packedSize(g.dim(), BLOCK);
  }

  /** Copies up to BLOCK rows into the blocks of {@link Contractions#multiplyBlock}. */
  void first(float[] x, int xo, int step, int rows, float[] s, int to) {
    for (int i = 0; i < rows; i++) {
      for (int k = 0; k < g.dim(); k += BLOCK) {
        int n = Math.min(BLOCK, g.dim() - k);
        System.arraycopy(x, xo + i * step + k, s, to + k * BLOCK + i * BLOCK, n);
      }
    }
  }

  /** Packs up to BLOCK rows as the rows of a second factor. */
  void second(float[] x, int xo, int step, int rows, float[] s, int to) {
    contractions.pack(x, xo, step, 1, rows, g.dim(), s, to);
  }

  /** Packs up to BLOCK rows as the columns of a second factor. */
  void turned(float[] x, int xo, int step, int rows, float[] s, int to) {
    contractions.pack(x, xo, 1, step, g.dim(), rows, s, to);
  }
}
