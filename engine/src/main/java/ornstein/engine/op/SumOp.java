package ornstein.engine.op;

import java.util.Arrays;
import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.kernel.Kernels;

/**
 * Sum over axes.
 *
 * @param axes axis numbers, negative from the end; empty means all
 * @param keepDims whether reduced axes stay with extent 1
 */
@SuppressWarnings("ArrayRecordComponent") // ops are applied, not compared
public record SumOp(int[] axes, boolean keepDims) implements Op {
  /** Copies the axes, so that the record cannot change. */
  public SumOp {
    axes = Arrays.copyOf(axes, axes.length);
  }

  private ReducedAxes reduced() {
    return new ReducedAxes(axes, keepDims);
  }

  @Override
  public Shape shape(List<Shape> inputs) {
    return reduced().result(inputs.get(0));
  }

  @Override
  public void forward(Forward f) {
    Kernels k = f.kernels();
    f.give(Axes.reduce(k, k::sum, f.input(0), f.shape(0), reduced().marked(f.shape(0))));
  }

  @Override
  public void backward(Backward b) {
    Shape x = b.shape(0);
    Axes.expand(b.kernels(), b.outputGradient(), reduced().kept(x), x, b.gradient(0));
  }
}
