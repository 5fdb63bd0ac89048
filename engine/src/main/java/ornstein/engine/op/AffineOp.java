package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;

/**
 * y = scale · x + shift.
 *
 * @param scale factor
 * @param shift summand
 */
public record AffineOp(float scale, float shift) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    return inputs.get(0);
  }

  @Override
  public void forward(Forward f) {
    f.kernels().affine(scale, shift, f.input(0), f.output());
  }

  @Override
  public void backward(Backward b) {
    b.kernels().affine(scale, 0f, b.outputGradient(), b.gradient(0));
  }
}
