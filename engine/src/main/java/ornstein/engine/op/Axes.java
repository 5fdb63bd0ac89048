package ornstein.engine.op;

import ornstein.engine.Shape;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.StridedCopy;

/** Reductions over several axes, as a series of kernels that reduce one run of axes each. */
final class Axes {
  /** A kernel that reduces the middle axis of [outer, reduced, inner]. */
  @FunctionalInterface
  interface Reducer {
    void reduce(int outer, int reduced, int inner, Buffer x, Buffer y);
  }

  private Axes() {}

  /** Reduces the marked axes of x, the last run of neighbouring axes first. */
  static Buffer reduce(Kernels k, Reducer reducer, Buffer x, Shape shape, boolean[] axes) {
    int[] dims = shape.dims();
    Buffer current = x;
    int end = dims.length;
    while (end > 0) {
      if (!axes[end - 1] || dims[end - 1] == 1) {
        end--;
        continue;
      }
      int start = end;
      int reduced = 1;
      while (start > 0 && (axes[start - 1] || dims[start - 1] == 1)) {
        reduced *= dims[--start];
      }
      int outer = product(dims, 0, start);
      int inner = product(dims, end, dims.length);
      Buffer y = k.allocate(outer * inner);
      reducer.reduce(outer, reduced, inner, current, y);
      for (int i = start; i < end; i++) {
        dims[i] = 1;
      }
      current = y;
      end = start;
    }
    return current;
  }

  /** Sums a gradient of shape {@code from} over the axes along which {@code to} was stretched. */
  static Buffer sumTo(Kernels k, Buffer gradient, Shape from, Shape to) {
    boolean[] axes = new boolean[from.rank()];
    int missing = from.rank() - to.rank();
    for (int i = 0; i < axes.length; i++) {
      axes[i] = i < missing || (to.dim(i - missing) == 1 && from.dim(i) != 1);
    }
    return reduce(k, k::sum, gradient, from, axes);
  }

  /** Repeats x of shape {@code from} to the shape {@code to}, which it broadcasts to. */
  static void expand(Kernels k, Buffer x, Shape from, Shape to, Buffer y) {
    int[] strides = from.strides();
    int[] stretched = new int[to.rank()];
    int missing = to.rank() - from.rank();
    for (int i = missing; i < stretched.length; i++) {
      stretched[i] = from.dim(i - missing) == 1 ? 0 : strides[i - missing];
    }
    k.copy(new StridedCopy(to.dims(), 0, stretched, 0, to.strides()), x, y);
  }

  static int product(int[] dims, int from, int to) {
    int p = 1;
    for (int i = from; i < to; i++) {
      p *= dims[i];
    }
    return p;
  }
}
