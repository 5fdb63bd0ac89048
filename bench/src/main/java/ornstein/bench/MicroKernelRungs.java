package ornstein.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Inner loops of a product that were tried: the rungs of {@link MicroKernelLadder}. Each adds, or
 * writes, a tile C[r][j] = Σ A[r][i] · B[i][j], with B in panels as wide as the tile. They differ
 * in the tile, in how the rows of A lie and in where the accumulators start. Their results are in
 * docs/architecture.md.
 */
final class MicroKernelRungs {
  /** As the engine's vectors, {@code -Dornstein.vector.bits} included. */
  static final VectorSpecies<Float> S =
      switch (Integer.getInteger("ornstein.vector.bits", 0)) {
        case 128 -> FloatVector.SPECIES_128;
        case 256 -> FloatVector.SPECIES_256;
        case 512 -> FloatVector.SPECIES_512;
        default -> FloatVector.SPECIES_PREFERRED;
      };

  private static final int W = S.length();

  /** The constant distance of rows, and the most depth of a call with it. */
  static final int STEP = 64;

  private MicroKernelRungs() {}

  /** 4 rows × 2 vectors, rows at a constant distance, from zero: {@code MicroKernel4x2}. */
  static void chunk4x2(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 2 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 2 * W + W);
      int at = ao + i;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[at + STEP]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2 * STEP]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3 * STEP]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, co));
      c01 = c01.add(FloatVector.fromArray(S, c, co + W));
      c10 = c10.add(FloatVector.fromArray(S, c, co + cs));
      c11 = c11.add(FloatVector.fromArray(S, c, co + cs + W));
      c20 = c20.add(FloatVector.fromArray(S, c, co + 2 * cs));
      c21 = c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W));
      c30 = c30.add(FloatVector.fromArray(S, c, co + 3 * cs));
      c31 = c31.add(FloatVector.fromArray(S, c, co + 3 * cs + W));
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c30.intoArray(c, co + 3 * cs);
    c31.intoArray(c, co + 3 * cs + W);
  }

  /** The same with accumulators loaded from C. */
  static void chunkLoaded4x2(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : zero;
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + W) : zero;
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + cs) : zero;
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + cs + W) : zero;
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * cs) : zero;
    FloatVector c21 = add ? FloatVector.fromArray(S, c, co + 2 * cs + W) : zero;
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * cs) : zero;
    FloatVector c31 = add ? FloatVector.fromArray(S, c, co + 3 * cs + W) : zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 2 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 2 * W + W);
      int at = ao + i;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[at + STEP]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2 * STEP]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3 * STEP]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c30.intoArray(c, co + 3 * cs);
    c31.intoArray(c, co + 3 * cs + W);
  }

  /** 4×2, the rows packed side by side, from zero. */
  static void packed4x2(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 2 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 2 * W + W);
      int at = ao + i * 4;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[at + 1]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, co));
      c01 = c01.add(FloatVector.fromArray(S, c, co + W));
      c10 = c10.add(FloatVector.fromArray(S, c, co + cs));
      c11 = c11.add(FloatVector.fromArray(S, c, co + cs + W));
      c20 = c20.add(FloatVector.fromArray(S, c, co + 2 * cs));
      c21 = c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W));
      c30 = c30.add(FloatVector.fromArray(S, c, co + 3 * cs));
      c31 = c31.add(FloatVector.fromArray(S, c, co + 3 * cs + W));
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c30.intoArray(c, co + 3 * cs);
    c31.intoArray(c, co + 3 * cs + W);
  }

  /** 4×2, packed, accumulators loaded from C. */
  static void packedLoaded4x2(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = add ? FloatVector.fromArray(S, c, co) : zero;
    FloatVector c01 = add ? FloatVector.fromArray(S, c, co + W) : zero;
    FloatVector c10 = add ? FloatVector.fromArray(S, c, co + cs) : zero;
    FloatVector c11 = add ? FloatVector.fromArray(S, c, co + cs + W) : zero;
    FloatVector c20 = add ? FloatVector.fromArray(S, c, co + 2 * cs) : zero;
    FloatVector c21 = add ? FloatVector.fromArray(S, c, co + 2 * cs + W) : zero;
    FloatVector c30 = add ? FloatVector.fromArray(S, c, co + 3 * cs) : zero;
    FloatVector c31 = add ? FloatVector.fromArray(S, c, co + 3 * cs + W) : zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 2 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 2 * W + W);
      int at = ao + i * 4;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[at + 1]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c30.intoArray(c, co + 3 * cs);
    c31.intoArray(c, co + 3 * cs + W);
  }

  /** 4×2, rows in place, from zero. */
  static void strided4x2(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 2 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 2 * W + W);
      int at = ao + i;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[at + as]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2 * as]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3 * as]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, co));
      c01 = c01.add(FloatVector.fromArray(S, c, co + W));
      c10 = c10.add(FloatVector.fromArray(S, c, co + cs));
      c11 = c11.add(FloatVector.fromArray(S, c, co + cs + W));
      c20 = c20.add(FloatVector.fromArray(S, c, co + 2 * cs));
      c21 = c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W));
      c30 = c30.add(FloatVector.fromArray(S, c, co + 3 * cs));
      c31 = c31.add(FloatVector.fromArray(S, c, co + 3 * cs + W));
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c30.intoArray(c, co + 3 * cs);
    c31.intoArray(c, co + 3 * cs + W);
  }

  /** 3×3, rows in place, from zero. */
  static void strided3x3(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c02 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c12 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c22 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 3 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 3 * W + W);
      FloatVector b2 = FloatVector.fromArray(S, b, bo + i * 3 * W + 2 * W);
      int at = ao + i;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      FloatVector x1 = FloatVector.broadcast(S, a[at + as]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      c12 = x1.fma(b2, c12);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2 * as]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      c22 = x2.fma(b2, c22);
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, co));
      c01 = c01.add(FloatVector.fromArray(S, c, co + W));
      c02 = c02.add(FloatVector.fromArray(S, c, co + 2 * W));
      c10 = c10.add(FloatVector.fromArray(S, c, co + cs));
      c11 = c11.add(FloatVector.fromArray(S, c, co + cs + W));
      c12 = c12.add(FloatVector.fromArray(S, c, co + cs + 2 * W));
      c20 = c20.add(FloatVector.fromArray(S, c, co + 2 * cs));
      c21 = c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W));
      c22 = c22.add(FloatVector.fromArray(S, c, co + 2 * cs + 2 * W));
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c02.intoArray(c, co + 2 * W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c12.intoArray(c, co + cs + 2 * W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c22.intoArray(c, co + 2 * cs + 2 * W);
  }

  /** 4×3, rows in place, from zero. */
  static void strided4x3(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c02 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c12 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c22 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c32 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 3 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 3 * W + W);
      FloatVector b2 = FloatVector.fromArray(S, b, bo + i * 3 * W + 2 * W);
      int at = ao + i;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      FloatVector x1 = FloatVector.broadcast(S, a[at + as]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      c12 = x1.fma(b2, c12);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2 * as]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      c22 = x2.fma(b2, c22);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3 * as]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      c32 = x3.fma(b2, c32);
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, co));
      c01 = c01.add(FloatVector.fromArray(S, c, co + W));
      c02 = c02.add(FloatVector.fromArray(S, c, co + 2 * W));
      c10 = c10.add(FloatVector.fromArray(S, c, co + cs));
      c11 = c11.add(FloatVector.fromArray(S, c, co + cs + W));
      c12 = c12.add(FloatVector.fromArray(S, c, co + cs + 2 * W));
      c20 = c20.add(FloatVector.fromArray(S, c, co + 2 * cs));
      c21 = c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W));
      c22 = c22.add(FloatVector.fromArray(S, c, co + 2 * cs + 2 * W));
      c30 = c30.add(FloatVector.fromArray(S, c, co + 3 * cs));
      c31 = c31.add(FloatVector.fromArray(S, c, co + 3 * cs + W));
      c32 = c32.add(FloatVector.fromArray(S, c, co + 3 * cs + 2 * W));
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c02.intoArray(c, co + 2 * W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c12.intoArray(c, co + cs + 2 * W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c22.intoArray(c, co + 2 * cs + 2 * W);
    c30.intoArray(c, co + 3 * cs);
    c31.intoArray(c, co + 3 * cs + W);
    c32.intoArray(c, co + 3 * cs + 2 * W);
  }

  /** 5×2, rows in place, from zero. */
  static void strided5x2(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 2 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 2 * W + W);
      int at = ao + i;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[at + as]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2 * as]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3 * as]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      FloatVector x4 = FloatVector.broadcast(S, a[at + 4 * as]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, co));
      c01 = c01.add(FloatVector.fromArray(S, c, co + W));
      c10 = c10.add(FloatVector.fromArray(S, c, co + cs));
      c11 = c11.add(FloatVector.fromArray(S, c, co + cs + W));
      c20 = c20.add(FloatVector.fromArray(S, c, co + 2 * cs));
      c21 = c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W));
      c30 = c30.add(FloatVector.fromArray(S, c, co + 3 * cs));
      c31 = c31.add(FloatVector.fromArray(S, c, co + 3 * cs + W));
      c40 = c40.add(FloatVector.fromArray(S, c, co + 4 * cs));
      c41 = c41.add(FloatVector.fromArray(S, c, co + 4 * cs + W));
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c30.intoArray(c, co + 3 * cs);
    c31.intoArray(c, co + 3 * cs + W);
    c40.intoArray(c, co + 4 * cs);
    c41.intoArray(c, co + 4 * cs + W);
  }

  /** 6×2, rows in place, from zero: the textbook's. */
  static void strided6x2(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 2 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 2 * W + W);
      int at = ao + i;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[at + as]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2 * as]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3 * as]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      FloatVector x4 = FloatVector.broadcast(S, a[at + 4 * as]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      FloatVector x5 = FloatVector.broadcast(S, a[at + 5 * as]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, co));
      c01 = c01.add(FloatVector.fromArray(S, c, co + W));
      c10 = c10.add(FloatVector.fromArray(S, c, co + cs));
      c11 = c11.add(FloatVector.fromArray(S, c, co + cs + W));
      c20 = c20.add(FloatVector.fromArray(S, c, co + 2 * cs));
      c21 = c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W));
      c30 = c30.add(FloatVector.fromArray(S, c, co + 3 * cs));
      c31 = c31.add(FloatVector.fromArray(S, c, co + 3 * cs + W));
      c40 = c40.add(FloatVector.fromArray(S, c, co + 4 * cs));
      c41 = c41.add(FloatVector.fromArray(S, c, co + 4 * cs + W));
      c50 = c50.add(FloatVector.fromArray(S, c, co + 5 * cs));
      c51 = c51.add(FloatVector.fromArray(S, c, co + 5 * cs + W));
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c30.intoArray(c, co + 3 * cs);
    c31.intoArray(c, co + 3 * cs + W);
    c40.intoArray(c, co + 4 * cs);
    c41.intoArray(c, co + 4 * cs + W);
    c50.intoArray(c, co + 5 * cs);
    c51.intoArray(c, co + 5 * cs + W);
  }

  /** 8×1, rows at a constant distance, from zero: {@code MicroKernel8x1}. */
  static void chunk8x1(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero;
    FloatVector c10 = zero;
    FloatVector c20 = zero;
    FloatVector c30 = zero;
    FloatVector c40 = zero;
    FloatVector c50 = zero;
    FloatVector c60 = zero;
    FloatVector c70 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * W);
      int at = ao + i;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      FloatVector x1 = FloatVector.broadcast(S, a[at + STEP]);
      c10 = x1.fma(b0, c10);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2 * STEP]);
      c20 = x2.fma(b0, c20);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3 * STEP]);
      c30 = x3.fma(b0, c30);
      FloatVector x4 = FloatVector.broadcast(S, a[at + 4 * STEP]);
      c40 = x4.fma(b0, c40);
      FloatVector x5 = FloatVector.broadcast(S, a[at + 5 * STEP]);
      c50 = x5.fma(b0, c50);
      FloatVector x6 = FloatVector.broadcast(S, a[at + 6 * STEP]);
      c60 = x6.fma(b0, c60);
      FloatVector x7 = FloatVector.broadcast(S, a[at + 7 * STEP]);
      c70 = x7.fma(b0, c70);
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, co));
      c10 = c10.add(FloatVector.fromArray(S, c, co + cs));
      c20 = c20.add(FloatVector.fromArray(S, c, co + 2 * cs));
      c30 = c30.add(FloatVector.fromArray(S, c, co + 3 * cs));
      c40 = c40.add(FloatVector.fromArray(S, c, co + 4 * cs));
      c50 = c50.add(FloatVector.fromArray(S, c, co + 5 * cs));
      c60 = c60.add(FloatVector.fromArray(S, c, co + 6 * cs));
      c70 = c70.add(FloatVector.fromArray(S, c, co + 7 * cs));
    }
    c00.intoArray(c, co);
    c10.intoArray(c, co + cs);
    c20.intoArray(c, co + 2 * cs);
    c30.intoArray(c, co + 3 * cs);
    c40.intoArray(c, co + 4 * cs);
    c50.intoArray(c, co + 5 * cs);
    c60.intoArray(c, co + 6 * cs);
    c70.intoArray(c, co + 7 * cs);
  }

  /** 4×4, rows at a constant distance, from zero: sixteen accumulators. */
  static void chunk4x4(
      float[] a,
      int ao,
      int as,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c02 = zero;
    FloatVector c03 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c12 = zero;
    FloatVector c13 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c22 = zero;
    FloatVector c23 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c32 = zero;
    FloatVector c33 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * 4 * W);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * 4 * W + W);
      FloatVector b2 = FloatVector.fromArray(S, b, bo + i * 4 * W + 2 * W);
      FloatVector b3 = FloatVector.fromArray(S, b, bo + i * 4 * W + 3 * W);
      int at = ao + i;
      FloatVector x0 = FloatVector.broadcast(S, a[at]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      c02 = x0.fma(b2, c02);
      c03 = x0.fma(b3, c03);
      FloatVector x1 = FloatVector.broadcast(S, a[at + STEP]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      c12 = x1.fma(b2, c12);
      c13 = x1.fma(b3, c13);
      FloatVector x2 = FloatVector.broadcast(S, a[at + 2 * STEP]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      c22 = x2.fma(b2, c22);
      c23 = x2.fma(b3, c23);
      FloatVector x3 = FloatVector.broadcast(S, a[at + 3 * STEP]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      c32 = x3.fma(b2, c32);
      c33 = x3.fma(b3, c33);
    }
    if (add) {
      c00 = c00.add(FloatVector.fromArray(S, c, co));
      c01 = c01.add(FloatVector.fromArray(S, c, co + W));
      c02 = c02.add(FloatVector.fromArray(S, c, co + 2 * W));
      c03 = c03.add(FloatVector.fromArray(S, c, co + 3 * W));
      c10 = c10.add(FloatVector.fromArray(S, c, co + cs));
      c11 = c11.add(FloatVector.fromArray(S, c, co + cs + W));
      c12 = c12.add(FloatVector.fromArray(S, c, co + cs + 2 * W));
      c13 = c13.add(FloatVector.fromArray(S, c, co + cs + 3 * W));
      c20 = c20.add(FloatVector.fromArray(S, c, co + 2 * cs));
      c21 = c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W));
      c22 = c22.add(FloatVector.fromArray(S, c, co + 2 * cs + 2 * W));
      c23 = c23.add(FloatVector.fromArray(S, c, co + 2 * cs + 3 * W));
      c30 = c30.add(FloatVector.fromArray(S, c, co + 3 * cs));
      c31 = c31.add(FloatVector.fromArray(S, c, co + 3 * cs + W));
      c32 = c32.add(FloatVector.fromArray(S, c, co + 3 * cs + 2 * W));
      c33 = c33.add(FloatVector.fromArray(S, c, co + 3 * cs + 3 * W));
    }
    c00.intoArray(c, co);
    c01.intoArray(c, co + W);
    c02.intoArray(c, co + 2 * W);
    c03.intoArray(c, co + 3 * W);
    c10.intoArray(c, co + cs);
    c11.intoArray(c, co + cs + W);
    c12.intoArray(c, co + cs + 2 * W);
    c13.intoArray(c, co + cs + 3 * W);
    c20.intoArray(c, co + 2 * cs);
    c21.intoArray(c, co + 2 * cs + W);
    c22.intoArray(c, co + 2 * cs + 2 * W);
    c23.intoArray(c, co + 2 * cs + 3 * W);
    c30.intoArray(c, co + 3 * cs);
    c31.intoArray(c, co + 3 * cs + W);
    c32.intoArray(c, co + 3 * cs + 2 * W);
    c33.intoArray(c, co + 3 * cs + 3 * W);
  }
}
