package ornstein.engine.op;

import java.util.Arrays;
import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.StridedCopy;

/**
 * Reorders the axes: axis i of the result is axis order[i] of the input.
 *
 * @param order a permutation of the axes
 */
@SuppressWarnings("ArrayRecordComponent") // ops are applied, not compared
public record PermuteOp(int[] order) implements Op {
  /** Copies the order, so that the record cannot change. */
  public PermuteOp {
    order = Arrays.copyOf(order, order.length);
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    boolean[] seen = new boolean[x.rank()];
    boolean valid = order.length == x.rank();
    for (int i = 0; valid && i < order.length; i++) {
      valid = order[i] >= 0 && order[i] < seen.length && !seen[order[i]];
      if (valid) {
        seen[order[i]] = true;
      }
    }
    if (!valid) {
      throw new ShapeException(
          "permute needs each axis of " + x + " once, got " + Arrays.toString(order));
    }
    int[] dims = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      dims[i] = x.dim(order[i]);
    }
    return Shape.of(dims);
  }

  @Override
  public void forward(Forward f) {
    int[] from = f.shape(0).strides();
    Shape y = f.outputShape();
    f.kernels()
        .copy(new StridedCopy(y.dims(), 0, permuted(from), 0, y.strides()), f.input(0), f.output());
  }

  @Override
  public void backward(Backward b) {
    int[] to = b.shape(0).strides();
    Shape y = b.outputShape();
    b.kernels()
        .copy(
            new StridedCopy(y.dims(), 0, y.strides(), 0, permuted(to)),
            b.outputGradient(),
            b.gradient(0));
  }

  private int[] permuted(int[] strides) {
    int[] p = new int[order.length];
    for (int i = 0; i < p.length; i++) {
      p[i] = strides[order[i]];
    }
    return p;
  }
}
