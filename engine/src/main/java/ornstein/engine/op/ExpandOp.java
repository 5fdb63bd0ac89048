package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/**
 * Repeats x along axes of extent 1, or missing ones, until it has the target shape.
 *
 * @param target the shape to reach
 */
public record ExpandOp(Shape target) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    if (!inputs.get(0).broadcast(target).equals(target)) {
      throw new ShapeException("shape " + inputs.get(0) + " does not expand to " + target);
    }
    return target;
  }

  @Override
  public void forward(Forward f) {
    Axes.expand(f.kernels(), f.input(0), f.shape(0), target, f.output());
  }

  @Override
  public void backward(Backward b) {
    b.pass(0, Axes.sumTo(b.kernels(), b.outputGradient(), target, b.shape(0)));
  }
}
