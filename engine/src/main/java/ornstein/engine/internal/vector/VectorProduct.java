package ornstein.engine.internal.vector;

import java.util.Arrays;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Matmul;

/**
 * Matrix products: the second factor in panels, the first in {@linkplain RowBlock blocks}. For each
 * chunk of the depth a block of the first factor stays in L1 while the panels pass by.
 */
final class VectorProduct {
  private static final int N = MicroKernel4x2.COLUMNS;
  private static final int STEP = MicroKernel4x2.STEP;

  /** Fused multiply-adds of a part below which sharing costs more than it gains. */
  private static final int GRAIN = 131_072;

  /** Columns of a task where the columns are shared; whole panels at every width. */
  private static final int COLUMN_BLOCK = 64;

  private VectorProduct() {}

  /** How a second factor of a product is packed. */
  private record Layout(Matmul product) {}

  static void matmul(Launcher launcher, Matmul g, HeapBuffer a, HeapBuffer b, HeapBuffer y) {
    if (g.depth() == 0) {
      launcher.run(
          1, 1, (slot, from, to) -> Arrays.fill(y.array(), y.offset(), y.offset() + y.size(), 0f));
      return;
    }
    int size = Panels.count(g.columns()) * N * g.depth();
    HeapBuffer packed =
        launcher.packed(
            b,
            new Layout(new Matmul(g.batch(), 0, g.columns(), g.depth(), false, g.transposeB())),
            g.batch() * size,
            (l, to) -> pack(l, g, b, to, size));
    boolean byRows = g.rows() >= g.columns();
    int extent = byRows ? g.rows() : g.columns();
    int block = byRows ? RowBlock.ROWS : COLUMN_BLOCK;
    int blocks = (extent + block - 1) / block;
    int own = RowBlock.SIZE + Tile.SIZE;
    HeapBuffer scratch = launcher.scratch(launcher.slots() * own);
    long work = (long) block * (byRows ? g.columns() : g.rows()) * g.depth();
    launcher.run(
        g.batch() * blocks,
        (int) Math.max(1, GRAIN / Math.max(work, 1)),
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int product = task / blocks;
            int first = task % blocks * block;
            int end = Math.min(extent, first + block);
            int ao = a.offset() + product * g.rows() * g.depth();
            int yo = y.offset() + product * g.rows() * g.columns();
            int bo = packed.offset() + product * size;
            part(
                g,
                a.array(),
                ao,
                packed.array(),
                bo,
                y.array(),
                yo,
                byRows ? first : 0,
                byRows ? end : g.rows(),
                byRows ? 0 : first,
                byRows ? g.columns() : end,
                scratch.array(),
                scratch.slot(slot, own));
          }
        });
  }

  private static void pack(Launcher l, Matmul g, HeapBuffer b, HeapBuffer to, int size) {
    int panels = Panels.count(g.columns());
    l.run(
        g.batch() * panels,
        Math.max(1, 16_384 / (g.depth() * N)),
        (slot, from, end) -> {
          for (int task = from; task < end; task++) {
            int product = task / panels;
            int j = task % panels * N;
            int bo = b.offset() + product * g.columns() * g.depth();
            int br = g.transposeB() ? 1 : g.columns();
            int bc = g.transposeB() ? g.depth() : 1;
            Panels.panel(
                b.array(),
                bo + j * bc,
                br,
                bc,
                g.depth(),
                Math.min(N, g.columns() - j),
                to.array(),
                to.offset() + product * size + j * g.depth());
          }
        });
  }

  /** Rows and columns of one product; panels of b hold the whole depth. */
  private static void part(
      Matmul g,
      float[] a,
      int ao,
      float[] b,
      int bo,
      float[] y,
      int yo,
      int firstRow,
      int endRow,
      int firstColumn,
      int endColumn,
      float[] scratch,
      int so) {
    int ar = g.transposeA() ? 1 : g.depth();
    int ac = g.transposeA() ? g.rows() : 1;
    multiply(
        endRow - firstRow,
        endColumn - firstColumn,
        g.depth(),
        a,
        ao + firstRow * ar,
        ar,
        ac,
        b,
        bo + firstColumn * g.depth(),
        y,
        yo + firstRow * g.columns() + firstColumn,
        g.columns(),
        false,
        scratch,
        so);
  }

  /** See {@link ornstein.engine.internal.Contractions#multiply}. */
  static void multiply(
      int rows,
      int columns,
      int depth,
      float[] a,
      int ao,
      int ar,
      int ac,
      float[] packed,
      int po,
      float[] c,
      int co,
      int cs,
      boolean accumulate,
      float[] scratch,
      int so) {
    if (depth == 0 && !accumulate) {
      for (int i = 0; i < rows; i++) {
        Arrays.fill(c, co + i * cs, co + i * cs + columns, 0f);
      }
    }
    for (int i = 0; i < rows; i += RowBlock.ROWS) {
      int height = Math.min(RowBlock.ROWS, rows - i);
      for (int k = 0; k < depth; k += STEP) {
        int d = Math.min(STEP, depth - k);
        RowBlock.pack(a, ao + i * ar + k * ac, ar, ac, height, d, scratch, so);
        for (int j = 0; j < columns; j += N) {
          int width = Math.min(N, columns - j);
          int panel = po + j * depth + k * N;
          int at = co + i * cs + j;
          boolean add = accumulate || k > 0;
          int edge = so + RowBlock.SIZE;
          Tile.rows(scratch, so, height, d, packed, panel, c, at, cs, add, width, scratch, edge);
        }
      }
    }
  }

  /** See {@link ornstein.engine.internal.Contractions#multiplyBlock}. */
  static void multiplyBlock(
      int rows,
      int columns,
      int depth,
      float[] a,
      int ao,
      float[] packed,
      int po,
      float[] c,
      int co,
      int cs,
      boolean accumulate,
      float[] scratch,
      int so) {
    for (int k = 0; k < depth; k += STEP) {
      int d = Math.min(STEP, depth - k);
      int block = ao + k * STEP;
      boolean add = accumulate || k > 0;
      for (int j = 0; j < columns; j += N) {
        int panel = po + j * depth + k * N;
        int width = Math.min(N, columns - j);
        Tile.rows(a, block, rows, d, packed, panel, c, co + j, cs, add, width, scratch, so);
      }
    }
  }

  /** See {@link ornstein.engine.internal.Contractions#multiplyTransposedBlock}. */
  static void multiplyTransposedBlock(
      int rows,
      int columns,
      int depth,
      float[] a,
      int ao,
      float[] packed,
      int po,
      float[] c,
      int co,
      int cs,
      boolean accumulate,
      float[] scratch,
      int so) {
    for (int j = 0; j < columns; j += N) {
      int panel = po + j * depth;
      int width = Math.min(N, columns - j);
      Tile.columns(
          a, ao, rows, depth, packed, panel, c, co + j, cs, accumulate, width, scratch, so);
    }
  }
}
