package ornstein.engine.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of every product: a tile of 4 rows × 2 vectors of C stays in registers while the
 * depth runs. Four rows by two vectors is the shape that C2 keeps in 16 registers (83 GFLOP/s of a
 * peak of 98 on one core of AVX2; the textbook 6×2 spills and reaches 38). The loops are counted
 * and not unrolled by hand for the same reason.
 */
final class MicroKernel4x2 {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int W = S.length();

  /** Rows of a tile. */
  static final int ROWS = 4;

  /** Columns of a tile and of a packed panel of B. */
  static final int COLUMNS = 2 * W;

  /** Distance of neighbouring elements of a column; a constant, so that bounds are checked once. */
  static final int COLUMN_STEP = 48;

  private MicroKernel4x2() {}

  /**
   * C[r][j] += Σ a[a_r + i] · b[bo + i·COLUMNS + j] for the four rows that start at a0 … a3; rows
   * of C are cs apart.
   */
  static void rows(
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs) {
    FloatVector c00 = FloatVector.fromArray(S, c, co);
    FloatVector c01 = FloatVector.fromArray(S, c, co + W);
    FloatVector c10 = FloatVector.fromArray(S, c, co + cs);
    FloatVector c11 = FloatVector.fromArray(S, c, co + cs + W);
    FloatVector c20 = FloatVector.fromArray(S, c, co + 2 * cs);
    FloatVector c21 = FloatVector.fromArray(S, c, co + 2 * cs + W);
    FloatVector c30 = FloatVector.fromArray(S, c, co + 3 * cs);
    FloatVector c31 = FloatVector.fromArray(S, c, co + 3 * cs + W);
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * COLUMNS);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * COLUMNS + W);
      FloatVector x0 = FloatVector.broadcast(S, a[a0 + i]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      FloatVector x1 = FloatVector.broadcast(S, a[a1 + i]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      FloatVector x2 = FloatVector.broadcast(S, a[a2 + i]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      FloatVector x3 = FloatVector.broadcast(S, a[a3 + i]);
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

  /**
   * C[r][j] += Σ a[ao + i·COLUMN_STEP + r] · b[bo + i·COLUMNS + j] for r = 0 … 3: the first factor
   * read down its columns, as the gradient of weights needs it; rows of C are COLUMNS apart.
   */
  static void columns(float[] a, int ao, int depth, float[] b, int bo, float[] c, int co) {
    FloatVector c00 = FloatVector.fromArray(S, c, co);
    FloatVector c01 = FloatVector.fromArray(S, c, co + W);
    FloatVector c10 = FloatVector.fromArray(S, c, co + COLUMNS);
    FloatVector c11 = FloatVector.fromArray(S, c, co + COLUMNS + W);
    FloatVector c20 = FloatVector.fromArray(S, c, co + 2 * COLUMNS);
    FloatVector c21 = FloatVector.fromArray(S, c, co + 2 * COLUMNS + W);
    FloatVector c30 = FloatVector.fromArray(S, c, co + 3 * COLUMNS);
    FloatVector c31 = FloatVector.fromArray(S, c, co + 3 * COLUMNS + W);
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * COLUMNS);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * COLUMNS + W);
      int at = ao + i * COLUMN_STEP;
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
    c10.intoArray(c, co + COLUMNS);
    c11.intoArray(c, co + COLUMNS + W);
    c20.intoArray(c, co + 2 * COLUMNS);
    c21.intoArray(c, co + 2 * COLUMNS + W);
    c30.intoArray(c, co + 3 * COLUMNS);
    c31.intoArray(c, co + 3 * COLUMNS + W);
  }
}
