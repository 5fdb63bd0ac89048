package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.StridedCopy;

/**
 * The elements from {@code from} (inclusive) to {@code to} (exclusive) along one axis.
 *
 * @param axis the axis, negative from the end
 * @param from first index kept
 * @param to first index not kept
 */
public record SliceOp(int axis, int from, int to) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (from < 0 || to < from || to > x.dim(axis)) {
      throw new ShapeException(
          "slice [" + from + ", " + to + ") is not within axis " + axis + " of " + x);
    }
    return x.with(axis, to - from);
  }

  @Override
  public void forward(Forward f) {
    int[] strides = f.shape(0).strides();
    int offset = from * strides[f.shape(0).axis(axis)];
    Shape y = f.outputShape();
    f.kernels()
        .copy(new StridedCopy(y.dims(), offset, strides, 0, y.strides()), f.input(0), f.output());
  }

  @Override
  public void backward(Backward b) {
    int[] strides = b.shape(0).strides();
    int offset = from * strides[b.shape(0).axis(axis)];
    Shape y = b.outputShape();
    b.kernels()
        .copy(
            new StridedCopy(y.dims(), 0, y.strides(), offset, strides),
            b.outputGradient(),
            b.gradient(0));
  }
}
