package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/**
 * The same elements under another shape, without a copy.
 *
 * @param target the new shape, of the same size
 */
public record ReshapeOp(Shape target) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    if (inputs.get(0).size() != target.size()) {
      throw new ShapeException(
          "cannot reshape "
              + inputs.get(0)
              + " ("
              + inputs.get(0).size()
              + " elements) to "
              + target
              + " ("
              + target.size()
              + ")");
    }
    return target;
  }

  @Override
  public void forward(Forward f) {
    f.give(f.input(0));
  }

  @Override
  public void backward(Backward b) {
    b.pass(0, b.outputGradient());
  }
}
