package ornstein.engine.internal.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The inner loops of products whose last panel has one vector of columns or less, as an attention
 * head of 16 channels has at 512 bits, where {@link MicroKernel4x2} would compute as many columns
 * of padding: 8 rows × 1 vector. Each fused multiply-add needs a load of its own, so that it
 * reaches 70 % of the peak, which is more than half of 97.
 */
final class MicroKernel8x1 {
  private static final VectorSpecies<Float> S = VectorWidth.SPECIES;

  /** Rows of a tile. */
  static final int ROWS = 8;

  private static final int COLUMNS = MicroKernel4x2.COLUMNS;
  private static final int STEP = MicroKernel4x2.STEP;

  private MicroKernel8x1() {}

  /** {@link MicroKernel4x2#rows} for r = 0 … 7 and the first vector of a panel. */
  static void rows(
      float[] a, int ao, int depth, float[] b, int bo, float[] c, int co, int cs, boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c0 = zero;
    FloatVector c1 = zero;
    FloatVector c2 = zero;
    FloatVector c3 = zero;
    FloatVector c4 = zero;
    FloatVector c5 = zero;
    FloatVector c6 = zero;
    FloatVector c7 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * COLUMNS);
      int at = ao + i;
      c0 = FloatVector.broadcast(S, a[at]).fma(b0, c0);
      c1 = FloatVector.broadcast(S, a[at + STEP]).fma(b0, c1);
      c2 = FloatVector.broadcast(S, a[at + 2 * STEP]).fma(b0, c2);
      c3 = FloatVector.broadcast(S, a[at + 3 * STEP]).fma(b0, c3);
      c4 = FloatVector.broadcast(S, a[at + 4 * STEP]).fma(b0, c4);
      c5 = FloatVector.broadcast(S, a[at + 5 * STEP]).fma(b0, c5);
      c6 = FloatVector.broadcast(S, a[at + 6 * STEP]).fma(b0, c6);
      c7 = FloatVector.broadcast(S, a[at + 7 * STEP]).fma(b0, c7);
    }
    if (add) {
      c0.add(FloatVector.fromArray(S, c, co)).intoArray(c, co);
      c1.add(FloatVector.fromArray(S, c, co + cs)).intoArray(c, co + cs);
      c2.add(FloatVector.fromArray(S, c, co + 2 * cs)).intoArray(c, co + 2 * cs);
      c3.add(FloatVector.fromArray(S, c, co + 3 * cs)).intoArray(c, co + 3 * cs);
      c4.add(FloatVector.fromArray(S, c, co + 4 * cs)).intoArray(c, co + 4 * cs);
      c5.add(FloatVector.fromArray(S, c, co + 5 * cs)).intoArray(c, co + 5 * cs);
      c6.add(FloatVector.fromArray(S, c, co + 6 * cs)).intoArray(c, co + 6 * cs);
      c7.add(FloatVector.fromArray(S, c, co + 7 * cs)).intoArray(c, co + 7 * cs);
    } else {
      c0.intoArray(c, co);
      c1.intoArray(c, co + cs);
      c2.intoArray(c, co + 2 * cs);
      c3.intoArray(c, co + 3 * cs);
      c4.intoArray(c, co + 4 * cs);
      c5.intoArray(c, co + 5 * cs);
      c6.intoArray(c, co + 6 * cs);
      c7.intoArray(c, co + 7 * cs);
    }
  }

  /** {@link MicroKernel4x2#columns} for r = 0 … 7 and the first vector of a panel. */
  static void columns(
      float[] a, int ao, int depth, float[] b, int bo, float[] c, int co, int cs, boolean add) {
    FloatVector zero = FloatVector.zero(S);
    FloatVector c0 = zero;
    FloatVector c1 = zero;
    FloatVector c2 = zero;
    FloatVector c3 = zero;
    FloatVector c4 = zero;
    FloatVector c5 = zero;
    FloatVector c6 = zero;
    FloatVector c7 = zero;
    for (int i = 0; i < depth; i++) {
      FloatVector b0 = FloatVector.fromArray(S, b, bo + i * COLUMNS);
      int at = ao + i * STEP;
      c0 = FloatVector.broadcast(S, a[at]).fma(b0, c0);
      c1 = FloatVector.broadcast(S, a[at + 1]).fma(b0, c1);
      c2 = FloatVector.broadcast(S, a[at + 2]).fma(b0, c2);
      c3 = FloatVector.broadcast(S, a[at + 3]).fma(b0, c3);
      c4 = FloatVector.broadcast(S, a[at + 4]).fma(b0, c4);
      c5 = FloatVector.broadcast(S, a[at + 5]).fma(b0, c5);
      c6 = FloatVector.broadcast(S, a[at + 6]).fma(b0, c6);
      c7 = FloatVector.broadcast(S, a[at + 7]).fma(b0, c7);
    }
    if (add) {
      c0.add(FloatVector.fromArray(S, c, co)).intoArray(c, co);
      c1.add(FloatVector.fromArray(S, c, co + cs)).intoArray(c, co + cs);
      c2.add(FloatVector.fromArray(S, c, co + 2 * cs)).intoArray(c, co + 2 * cs);
      c3.add(FloatVector.fromArray(S, c, co + 3 * cs)).intoArray(c, co + 3 * cs);
      c4.add(FloatVector.fromArray(S, c, co + 4 * cs)).intoArray(c, co + 4 * cs);
      c5.add(FloatVector.fromArray(S, c, co + 5 * cs)).intoArray(c, co + 5 * cs);
      c6.add(FloatVector.fromArray(S, c, co + 6 * cs)).intoArray(c, co + 6 * cs);
      c7.add(FloatVector.fromArray(S, c, co + 7 * cs)).intoArray(c, co + 7 * cs);
    } else {
      c0.intoArray(c, co);
      c1.intoArray(c, co + cs);
      c2.intoArray(c, co + 2 * cs);
      c3.intoArray(c, co + 3 * cs);
      c4.intoArray(c, co + 4 * cs);
      c5.intoArray(c, co + 5 * cs);
      c6.intoArray(c, co + 6 * cs);
      c7.intoArray(c, co + 7 * cs);
    }
  }
}
