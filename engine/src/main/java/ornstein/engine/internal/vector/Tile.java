package ornstein.engine.internal.vector;

/** Tiles of C of any size up to the micro-kernel's; one at an edge goes through a whole tile. */
final class Tile {
  private static final int M = MicroKernel4x2.ROWS;
  private static final int N = MicroKernel4x2.COLUMNS;

  /** Elements of scratch for a tile at an edge. */
  static final int SIZE = M * N;

  private Tile() {}

  /** {@link MicroKernel4x2#rows} for {@code height} × {@code width} elements of C. */
  static void rows(
      float[] a,
      int ao,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add,
      int height,
      int width,
      float[] edge,
      int eo) {
    if (height == M && width == N) {
      MicroKernel4x2.rows(a, ao, depth, b, bo, c, co, cs, add);
      return;
    }
    MicroKernel4x2.rows(a, ao, depth, b, bo, edge, eo, N, false);
    put(edge, eo, c, co, cs, add, height, width);
  }

  /** {@link MicroKernel4x2#columns} for {@code height} × {@code width} elements of C. */
  static void columns(
      float[] a,
      int ao,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      boolean add,
      int height,
      int width,
      float[] edge,
      int eo) {
    if (height == M && width == N) {
      MicroKernel4x2.columns(a, ao, depth, b, bo, c, co, cs, add);
      return;
    }
    MicroKernel4x2.columns(a, ao, depth, b, bo, edge, eo, N, false);
    put(edge, eo, c, co, cs, add, height, width);
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
