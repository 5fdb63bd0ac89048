package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/** Softmax along the last axis. */
public record SoftmaxOp() implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    if (inputs.get(0).rank() == 0) {
      throw new ShapeException("softmax needs at least one axis");
    }
    return inputs.get(0);
  }

  @Override
  public void forward(Forward f) {
    f.kernels().softmax(rows(f.shape(0)), f.shape(0).dim(-1), f.input(0), f.output());
  }

  @Override
  public void backward(Backward b) {
    b.kernels()
        .softmaxGradient(
            rows(b.shape(0)), b.shape(0).dim(-1), b.output(), b.outputGradient(), b.gradient(0));
  }

  private static int rows(Shape x) {
    return Axes.product(x.dims(), 0, x.rank() - 1);
  }
}
