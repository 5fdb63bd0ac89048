package ornstein.engine.op;

import java.util.Arrays;
import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Broadcast;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;

/**
 * Maximum over axes; NaN if any element is. The gradient is shared evenly among equal maxima.
 *
 * @param axes axis numbers, negative from the end; empty means all
 * @param keepDims whether reduced axes stay with extent 1
 */
@SuppressWarnings("ArrayRecordComponent") // ops are applied, not compared
public record MaxOp(int[] axes, boolean keepDims) implements Op {
  /** Copies the axes, so that the record cannot change. */
  public MaxOp {
    axes = Arrays.copyOf(axes, axes.length);
  }

  private ReducedAxes reduced() {
    return new ReducedAxes(axes, keepDims);
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    if (x.size() == 0) {
      throw new ShapeException("max needs at least one element, got shape " + x);
    }
    return reduced().result(x);
  }

  @Override
  public void forward(Forward f) {
    Kernels k = f.kernels();
    f.give(Axes.reduce(k, k::max, f.input(0), f.shape(0), reduced().marked(f.shape(0))));
  }

  @Override
  public void backward(Backward b) {
    Kernels k = b.kernels();
    int[] x = b.shape(0).dims();
    int[] kept = reduced().kept(b.shape(0)).dims();
    Broadcast stretch = Broadcast.of(x, kept, x);
    Buffer winners = b.gradient(0);
    k.binary(Binary.EQUAL, stretch, b.input(0), b.output(), winners);
    Buffer count = Axes.reduce(k, k::sum, winners, b.shape(0), reduced().marked(b.shape(0)));
    Buffer share = k.allocate(b.outputShape().size());
    k.binary(Binary.DIVIDE, Broadcast.of(kept, kept, kept), b.outputGradient(), count, share);
    k.binary(Binary.MULTIPLY, stretch, winners, share, winners);
  }
}
