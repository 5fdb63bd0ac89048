package ornstein.engine.internal;

import java.util.Arrays;
import ornstein.engine.kernel.StridedCopy;

/** Verbs that only move data; the scalar and the vector back end share them. */
final class Movement {
  private static final int GRAIN = 16_384;

  private Movement() {}

  /** Offset of the index whose row-major number over the first {@code axes} axes is given. */
  static int offset(int[] dims, int[] strides, int axes, int number) {
    int rest = number;
    int offset = 0;
    for (int i = axes - 1; i >= 0; i--) {
      offset += rest % dims[i] * strides[i];
      rest /= dims[i];
    }
    return offset;
  }

  static void copy(Launcher launcher, StridedCopy copy, HeapBuffer x, HeapBuffer y) {
    if (copy.size() == 0) {
      return;
    }
    StridedCopy c = merged(copy);
    int last = c.dims().length - 1;
    int inner = c.dims()[last];
    launcher.run(
        c.size() / inner,
        Math.max(1, GRAIN / inner),
        (slot, from, to) -> {
          for (int r = from; r < to; r++) {
            row(
                x.array(),
                x.offset() + c.sourceOffset() + offset(c.dims(), c.sourceStrides(), last, r),
                c.sourceStrides()[last],
                y.array(),
                y.offset() + c.targetOffset() + offset(c.dims(), c.targetStrides(), last, r),
                c.targetStrides()[last],
                inner);
          }
        });
  }

  private static void row(float[] x, int xo, int xs, float[] y, int yo, int ys, int n) {
    if (xs == 1 && ys == 1) {
      System.arraycopy(x, xo, y, yo, n);
    } else if (xs == 0 && ys == 1) {
      Arrays.fill(y, yo, yo + n, x[xo]);
    } else {
      for (int i = 0; i < n; i++) {
        y[yo + i * ys] = x[xo + i * xs];
      }
    }
  }

  /** The same copy with neighbouring axes joined where both sides are contiguous across them. */
  private static StridedCopy merged(StridedCopy c) {
    int rank = Math.max(c.dims().length, 1);
    int[] dims = new int[rank];
    int[] source = new int[rank];
    int[] target = new int[rank];
    int axes = 0;
    for (int i = 0; i < c.dims().length; i++) {
      int d = c.dims()[i];
      if (d == 1) {
        continue;
      }
      boolean joins =
          axes > 0
              && source[axes - 1] == c.sourceStrides()[i] * d
              && target[axes - 1] == c.targetStrides()[i] * d;
      if (joins) {
        dims[axes - 1] *= d;
      } else {
        dims[axes++] = d;
      }
      source[axes - 1] = c.sourceStrides()[i];
      target[axes - 1] = c.targetStrides()[i];
    }
    if (axes == 0) {
      dims[axes++] = 1;
    }
    return new StridedCopy(
        Arrays.copyOf(dims, axes),
        c.sourceOffset(),
        Arrays.copyOf(source, axes),
        c.targetOffset(),
        Arrays.copyOf(target, axes));
  }

  static void gather(
      Launcher launcher, int rows, int columns, HeapBuffer table, HeapBuffer index, HeapBuffer y) {
    launcher.run(
        index.size(),
        Math.max(1, GRAIN / Math.max(1, columns)),
        (slot, first, end) -> {
          for (int i = first; i < end; i++) {
            int from = table.offset() + row(index, i, rows) * columns;
            System.arraycopy(table.array(), from, y.array(), y.offset() + i * columns, columns);
          }
        });
  }

  /** Adds the rows of gy to the rows of a table, which is cleared first, in order. */
  static void scatterAdd(
      Loops loops, int rows, int columns, HeapBuffer index, HeapBuffer gy, HeapBuffer table) {
    Arrays.fill(table.array(), table.offset(), table.offset() + table.size(), 0f);
    for (int i = 0; i < index.size(); i++) {
      int to = table.offset() + row(index, i, rows) * columns;
      int from = gy.offset() + i * columns;
      loops.addRows(gy.array(), from, 1, 0, table.array(), to, columns);
    }
  }

  /** Row number i of an index held as floats. */
  static int row(HeapBuffer index, int i, int rows) {
    float value = index.array()[index.offset() + i];
    int row = (int) value;
    if (row != value || row < 0 || row >= rows) {
      throw new IndexOutOfBoundsException(
          "index " + value + " is not a row of a table with " + rows + " rows");
    }
    return row;
  }
}
