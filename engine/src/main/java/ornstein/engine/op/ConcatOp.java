package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.StridedCopy;

/**
 * Joins tensors along one axis.
 *
 * @param axis the axis, negative from the end
 */
public record ConcatOp(int axis) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    Shape first = inputs.get(0);
    long total = 0;
    for (Shape s : inputs) {
      if (s.rank() != first.rank() || !s.with(axis, 0).equals(first.with(axis, 0))) {
        throw new ShapeException(
            "cannot concatenate " + inputs + " along axis " + axis + ": other extents differ");
      }
      total += s.dim(axis);
    }
    return first.with(axis, Shape.extent(total));
  }

  @Override
  public void forward(Forward f) {
    int[] strides = f.outputShape().strides();
    int step = strides[f.outputShape().axis(axis)];
    int at = 0;
    for (int i = 0; i < f.arity(); i++) {
      Shape x = f.shape(i);
      f.kernels()
          .copy(
              new StridedCopy(x.dims(), 0, x.strides(), at * step, strides),
              f.input(i),
              f.output());
      at += x.dim(axis);
    }
  }

  @Override
  public void backward(Backward b) {
    int[] strides = b.outputShape().strides();
    int step = strides[b.outputShape().axis(axis)];
    int at = 0;
    for (int i = 0; i < b.arity(); i++) {
      Shape x = b.shape(i);
      if (b.needs(i)) {
        b.kernels()
            .copy(
                new StridedCopy(x.dims(), at * step, strides, 0, x.strides()),
                b.outputGradient(),
                b.gradient(i));
      }
      at += x.dim(axis);
    }
  }
}
