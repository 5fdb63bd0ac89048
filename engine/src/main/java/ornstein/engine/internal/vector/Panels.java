package ornstein.engine.internal.vector;

import ornstein.engine.internal.Matrix;

/**
 * Packing of a second factor into panels of {@link MicroKernel4x2#COLUMNS} columns, padded with
 * zeros: panel p holds rows 0 … depth−1 of columns p·COLUMNS …, row after row, so that the
 * micro-kernel reads it from front to back.
 */
final class Panels {
  private static final int N = MicroKernel4x2.COLUMNS;

  private Panels() {}

  /** Number of panels that hold the columns. */
  static int count(int columns) {
    return (columns + N - 1) / N;
  }

  /** Packs rows × columns of b to {@code packed} from {@code to}; returns the end. */
  static int pack(Matrix b, int rows, int columns, float[] packed, int to) {
    int at = to;
    for (int j = 0; j < columns; j += N) {
      int width = Math.min(N, columns - j);
      if (b.columnStride() == 1) {
        for (int i = 0; i < rows; i++) {
          System.arraycopy(
              b.array(), b.offset() + i * b.rowStride() + j, packed, at + i * N, width);
        }
      } else {
        gather(b.from(0, j), rows, width, packed, at);
      }
      if (width < N) {
        clearEdge(packed, at, rows, width);
      }
      at += rows * N;
    }
    return at;
  }

  private static void gather(Matrix b, int rows, int width, float[] packed, int at) {
    float[] source = b.array();
    for (int j = 0; j < width; j++) {
      int from = b.offset() + j * b.columnStride();
      for (int i = 0; i < rows; i++) {
        packed[at + i * N + j] = source[from + i * b.rowStride()];
      }
    }
  }

  private static void clearEdge(float[] packed, int at, int rows, int width) {
    for (int i = 0; i < rows; i++) {
      for (int j = width; j < N; j++) {
        packed[at + i * N + j] = 0f;
      }
    }
  }
}
