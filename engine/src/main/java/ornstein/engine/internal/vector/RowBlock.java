package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.fromArray;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

/**
 * A block of the first factor of a product: {@value #ROWS} rows, of each one chunk of the depth, at
 * the constant distance that the micro-kernel wants. It stays in L1 while all panels of the second
 * factor pass by; the copy costs a few percent of the product.
 */
final class RowBlock {
  /** Rows of a block. */
  static final int ROWS = 64;

  /** Elements of a block. */
  static final int SIZE = ROWS * MicroKernel4x2.STEP;

  private static final int STEP = MicroKernel4x2.STEP;

  private RowBlock() {}

  /** For a few dozen elements a loop over vectors is faster than the call of a copying routine. */
  static void copy(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      fromArray(SPECIES, x, xo + i).intoArray(y, yo + i);
    }
    for (int i = end; i < n; i++) {
      y[yo + i] = x[xo + i];
    }
  }

  /** Copies rows and depth of a matrix whose element (i, j) is at ao + i·ar + j·ac. */
  static void pack(float[] a, int ao, int ar, int ac, int rows, int depth, float[] block, int at) {
    if (ac == 1) {
      for (int i = 0; i < rows; i++) {
        copy(a, ao + i * ar, block, at + i * STEP, depth);
      }
      return;
    }
    for (int k = 0; k < depth; k++) {
      int from = ao + k * ac;
      for (int i = 0; i < rows; i++) {
        block[at + i * STEP + k] = a[from + i * ar];
      }
    }
  }
}
