package ornstein.engine.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import ornstein.engine.kernel.Kernels;

/**
 * The inner loops of products: a tile of 4 rows × 2 vectors of C is summed in registers over one
 * chunk of the depth, then stored or added to C.
 *
 * <p>Three things keep C2 at 90 to 98 % of the peak of fused multiply-adds, where the textbook's
 * 6×2 tile reaches 38: eight accumulators, no more; accumulators that start from zero, because it
 * spills those that are loaded; and a constant distance between the four rows, because then bounds
 * are checked once. Hence {@link #STEP}, and the first factor is copied into blocks of that shape.
 * The loop is counted and not unrolled by hand.
 */
final class MicroKernel4x2 {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;
  private static final int W = S.length();

  /** Rows of a tile. */
  static final int ROWS = 4;

  /** Columns of a tile and of a packed panel of B. */
  static final int COLUMNS = 2 * W;

  /** Distance of the rows of a block of A, and so the most depth of one call. */
  static final int STEP = Kernels.PRODUCT_CHUNK;

  private MicroKernel4x2() {}

  /**
   * C[r][j] = Σ a[ao + r·STEP + i] · b[bo + i·COLUMNS + j], or added to C, for r = 0 … 3; rows of C
   * are cs apart.
   */
  static void rows(
      float[] a, int ao, int depth, float[] b, int bo, float[] c, int co, int cs, boolean add) {
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
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * COLUMNS);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * COLUMNS + W);
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
      c00.add(FloatVector.fromArray(S, c, co)).intoArray(c, co);
      c01.add(FloatVector.fromArray(S, c, co + W)).intoArray(c, co + W);
      c10.add(FloatVector.fromArray(S, c, co + cs)).intoArray(c, co + cs);
      c11.add(FloatVector.fromArray(S, c, co + cs + W)).intoArray(c, co + cs + W);
      c20.add(FloatVector.fromArray(S, c, co + 2 * cs)).intoArray(c, co + 2 * cs);
      c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W)).intoArray(c, co + 2 * cs + W);
      c30.add(FloatVector.fromArray(S, c, co + 3 * cs)).intoArray(c, co + 3 * cs);
      c31.add(FloatVector.fromArray(S, c, co + 3 * cs + W)).intoArray(c, co + 3 * cs + W);
    } else {
      c00.intoArray(c, co);
      c01.intoArray(c, co + W);
      c10.intoArray(c, co + cs);
      c11.intoArray(c, co + cs + W);
      c20.intoArray(c, co + 2 * cs);
      c21.intoArray(c, co + 2 * cs + W);
      c30.intoArray(c, co + 3 * cs);
      c31.intoArray(c, co + 3 * cs + W);
    }
  }

  /**
   * C[r][j] = Σ a[ao + i·STEP + r] · b[bo + i·COLUMNS + j], or added to C, for r = 0 … 3: the first
   * factor read down its columns, as the gradient of weights needs it.
   */
  static void columns(
      float[] a, int ao, int depth, float[] b, int bo, float[] c, int co, int cs, boolean add) {
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
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * COLUMNS);
      FloatVector b1 = FloatVector.fromArray(S, b, bo + i * COLUMNS + W);
      int at = ao + i * STEP;
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
      c00.add(FloatVector.fromArray(S, c, co)).intoArray(c, co);
      c01.add(FloatVector.fromArray(S, c, co + W)).intoArray(c, co + W);
      c10.add(FloatVector.fromArray(S, c, co + cs)).intoArray(c, co + cs);
      c11.add(FloatVector.fromArray(S, c, co + cs + W)).intoArray(c, co + cs + W);
      c20.add(FloatVector.fromArray(S, c, co + 2 * cs)).intoArray(c, co + 2 * cs);
      c21.add(FloatVector.fromArray(S, c, co + 2 * cs + W)).intoArray(c, co + 2 * cs + W);
      c30.add(FloatVector.fromArray(S, c, co + 3 * cs)).intoArray(c, co + 3 * cs);
      c31.add(FloatVector.fromArray(S, c, co + 3 * cs + W)).intoArray(c, co + 3 * cs + W);
    } else {
      c00.intoArray(c, co);
      c01.intoArray(c, co + W);
      c10.intoArray(c, co + cs);
      c11.intoArray(c, co + cs + W);
      c20.intoArray(c, co + 2 * cs);
      c21.intoArray(c, co + 2 * cs + W);
      c30.intoArray(c, co + 3 * cs);
      c31.intoArray(c, co + 3 * cs + W);
    }
  }
}
