package ornstein.engine.internal.vector;

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

  /**
   * Packs rows × columns of b, whose element (i, j) is at bo + i·br + j·bc, to {@code packed} from
   * {@code to} on.
   */
  static void pack(
      float[] b, int bo, int br, int bc, int rows, int columns, float[] packed, int to) {
    for (int j = 0; j < columns; j += N) {
      panel(b, bo + j * bc, br, bc, rows, Math.min(N, columns - j), packed, to + j * rows);
    }
  }

  /** Packs one panel of at most COLUMNS columns. */
  static void panel(
      float[] b, int bo, int br, int bc, int rows, int width, float[] packed, int to) {
    if (bc == 1) {
      for (int i = 0; i < rows; i++) {
        RowBlock.copy(b, bo + i * br, packed, to + i * N, width);
      }
    } else {
      gather(b, bo, br, bc, rows, width, packed, to);
    }
    if (width < N) {
      clearEdge(packed, to, rows, width);
    }
  }

  private static void gather(
      float[] b, int bo, int br, int bc, int rows, int width, float[] packed, int at) {
    if (br == 1) {
      turn(b, bo, bc, rows, width, packed, at);
      return;
    }
    for (int j = 0; j < width; j++) {
      int from = bo + j * bc;
      for (int i = 0; i < rows; i++) {
        packed[at + i * N + j] = b[from + i * br];
      }
    }
  }

  /** The frequent case of a transpose: strides that C2 knows need no checks of their own. */
  private static void turn(float[] b, int bo, int bc, int rows, int width, float[] packed, int at) {
    for (int j = 0; j < width; j++) {
      int from = bo + j * bc;
      int to = at + j;
      for (int i = 0; i < rows; i++) {
        packed[to + i * N] = b[from + i];
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
