package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.kernel.Unary;

/**
 * y = f(x), element by element.
 *
 * @param function the function
 */
public record UnaryOp(Unary function) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    return inputs.get(0);
  }

  @Override
  public void forward(Forward f) {
    f.kernels().unary(function, f.input(0), f.output());
  }

  @Override
  public void backward(Backward b) {
    b.kernels().unaryGradient(function, b.input(0), b.outputGradient(), b.gradient(0));
  }
}
