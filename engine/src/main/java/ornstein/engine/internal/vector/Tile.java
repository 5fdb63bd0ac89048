package ornstein.engine.internal.vector;

/**
 * One panel's part of C, tile by tile: the only place that chooses between the micro-kernels. A
 * tile at an edge goes through a whole one.
 */
final class Tile {
  private static final int N = MicroKernel4x2.COLUMNS;
  private static final int STEP = MicroKernel4x2.STEP;

  /** Elements of scratch for a tile at an edge. */
  static final int SIZE = MicroKernel8x1.ROWS * N;

  private Tile() {}

  /**
   * C = A · B, or C + A · B, for {@code rows} × {@code width} elements of C and one chunk of the
   * depth; rows of A are STEP apart. B is a panel, of which {@code width} columns count.
   */
  static void rows(
      float[] a,
      int ao,
      int rows,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add,
      int width,
      float[] edge,
      int eo) {
    int m = height(width);
    int whole = isWhole(width) ? rows - rows % m : 0;
    for (int i = 0; i < whole; i += m) {
      rows(m, a, ao + i * STEP, depth, b, bo, c, co + i * cs, cs, add);
    }
    for (int i = whole; i < rows; i += m) {
      rows(m, a, ao + i * STEP, depth, b, bo, edge, eo, N, false);
      put(edge, eo, c, co + i * cs, cs, add, Math.min(m, rows - i), width);
    }
  }

  private static void rows(
      int m,
      float[] a,
      int ao,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    if (m == MicroKernel8x1.ROWS) {
      MicroKernel8x1.rows(a, ao, depth, b, bo, c, co, cs, add);
    } else {
      MicroKernel4x2.rows(a, ao, depth, b, bo, c, co, cs, add);
    }
  }

  /** The same with Aᵀ, whose row r is the column r of a block: A is read down its columns. */
  static void columns(
      float[] a,
      int ao,
      int rows,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add,
      int width,
      float[] edge,
      int eo) {
    int m = height(width);
    int whole = isWhole(width) ? rows - rows % m : 0;
    for (int i = 0; i < whole; i += m) {
      columns(m, a, ao + i, depth, b, bo, c, co + i * cs, cs, add);
    }
    for (int i = whole; i < rows; i += m) {
      columns(m, a, ao + i, depth, b, bo, edge, eo, N, false);
      put(edge, eo, c, co + i * cs, cs, add, Math.min(m, rows - i), width);
    }
  }

  private static void columns(
      int m,
      float[] a,
      int ao,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add) {
    if (m == MicroKernel8x1.ROWS) {
      MicroKernel8x1.columns(a, ao, depth, b, bo, c, co, cs, add);
    } else {
      MicroKernel4x2.columns(a, ao, depth, b, bo, c, co, cs, add);
    }
  }

  /** Rows of the tiles of a panel of which {@code width} columns count. */
  private static int height(int width) {
    return width <= VectorWidth.LENGTH ? MicroKernel8x1.ROWS : MicroKernel4x2.ROWS;
  }

  private static boolean isWhole(int width) {
    return width == N || width == VectorWidth.LENGTH;
  }

  private static void put(
      float[] edge, int eo, float[] c, int co, int cs, boolean add, int height, int width) {
    for (int r = 0; r < height; r++) {
      int from = eo + r * N;
      int to = co + r * cs;
      if (!add) {
        System.arraycopy(edge, from, c, to, width);
        continue;
      }
      for (int j = 0; j < width; j++) {
        c[to + j] += edge[from + j];
      }
    }
  }
}
