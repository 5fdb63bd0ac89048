package ornstein.engine.op;

import java.util.Arrays;
import ornstein.engine.Shape;

/**
 * The axes that a reduction removes.
 *
 * @param axes axis numbers, negative from the end; empty means all
 * @param keepDims whether reduced axes stay with extent 1
 */
@SuppressWarnings("ArrayRecordComponent") // a plain argument bundle
record ReducedAxes(int[] axes, boolean keepDims) {
  boolean[] marked(Shape x) {
    boolean[] marked = new boolean[x.rank()];
    if (axes.length == 0) {
      Arrays.fill(marked, true);
    }
    for (int a : axes) {
      marked[x.axis(a)] = true;
    }
    return marked;
  }

  Shape result(Shape x) {
    boolean[] marked = marked(x);
    int[] dims = new int[x.rank()];
    int n = 0;
    for (int i = 0; i < x.rank(); i++) {
      if (!marked[i]) {
        dims[n++] = x.dim(i);
      } else if (keepDims) {
        dims[n++] = 1;
      }
    }
    return Shape.of(Arrays.copyOf(dims, n));
  }

  /** The result's shape with the reduced axes kept, which broadcasts against x. */
  Shape kept(Shape x) {
    boolean[] marked = marked(x);
    int[] dims = x.dims();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = marked[i] ? 1 : dims[i];
    }
    return Shape.of(dims);
  }
}
