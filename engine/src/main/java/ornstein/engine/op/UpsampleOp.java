package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.Pool;

/**
 * Nearest-neighbour upsampling of x [N, H, W, C]: each pixel becomes factor × factor pixels.
 *
 * @param factor enlargement of each side, at least 1
 */
public record UpsampleOp(int factor) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (x.rank() != 4 || factor < 1) {
      throw new ShapeException("upsampling by " + factor + " needs [N,H,W,C], got " + x);
    }
    int height = Shape.extent((long) x.dim(1) * factor);
    int width = Shape.extent((long) x.dim(2) * factor);
    return Shape.of(x.dim(0), height, width, x.dim(3));
  }

  @Override
  public void forward(Forward f) {
    f.kernels().upsample(geometry(f.shape(0)), 1f, f.input(0), f.output());
  }

  @Override
  public void backward(Backward b) {
    b.kernels().sumPool(geometry(b.shape(0)), 1f, b.outputGradient(), b.gradient(0));
  }

  private Pool geometry(Shape x) {
    return new Pool(x.dim(0), x.dim(1), x.dim(2), x.dim(3), factor);
  }
}
