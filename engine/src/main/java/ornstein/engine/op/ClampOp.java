package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;

/**
 * y = min(max(x, low), high); the gradient passes where low ≤ x ≤ high.
 *
 * @param low lower bound
 * @param high upper bound, at least low
 */
public record ClampOp(float low, float high) implements Op {
  /**
   * Checks the bounds.
   *
   * @throws IllegalArgumentException if they are reversed or NaN
   */
  public ClampOp {
    if (!(low <= high)) {
      throw new IllegalArgumentException("clamp needs low <= high, got " + low + " and " + high);
    }
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return inputs.get(0);
  }

  @Override
  public void forward(Forward f) {
    f.kernels().clamp(low, high, f.input(0), f.output());
  }

  @Override
  public void backward(Backward b) {
    b.kernels().clampGradient(low, high, b.input(0), b.outputGradient(), b.gradient(0));
  }
}
