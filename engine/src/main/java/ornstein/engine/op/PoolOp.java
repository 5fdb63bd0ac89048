package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.Pool;

/**
 * Average pooling of x [N, H, W, C] over windows of factor × factor pixels with the same stride.
 *
 * @param factor side of the window in pixels; H and W must be multiples of it
 */
public record PoolOp(int factor) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (x.rank() != 4 || factor < 1 || x.dim(1) % factor != 0 || x.dim(2) % factor != 0) {
      throw new ShapeException(
          "average pooling by " + factor + " needs [N,H,W,C] with H and W divisible, got " + x);
    }
    return Shape.of(x.dim(0), x.dim(1) / factor, x.dim(2) / factor, x.dim(3));
  }

  @Override
  public void forward(Forward f) {
    f.kernels().sumPool(geometry(f.outputShape()), average(), f.input(0), f.output());
  }

  @Override
  public void backward(Backward b) {
    b.kernels().upsample(geometry(b.outputShape()), average(), b.outputGradient(), b.gradient(0));
  }

  private float average() {
    return 1f / (factor * factor);
  }

  private Pool geometry(Shape y) {
    return new Pool(y.dim(0), y.dim(1), y.dim(2), y.dim(3), factor);
  }
}
