package ornstein.engine.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.GroupNormalization;
import ornstein.engine.kernel.Unary;

/**
 * Group normalisation of x [N, …, C] with weight [C] and bias [C], then, if a fourth input
 * scaleShift [N, 2C] is given, y · (1 + scale) + shift per sample and channel, then the activation.
 * The backward pass computes the normalised values anew, so that x alone is kept.
 *
 * @param groups groups of neighbouring channels; C must be a multiple
 * @param epsilon added to the variance
 * @param activation applied last, or null for none
 */
public record GroupNormOp(int groups, float epsilon, @Nullable Unary activation) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    Shape x = inputs.get(0);
    boolean fits = x.rank() >= 2 && groups >= 1 && x.dim(-1) % groups == 0;
    if (fits) {
      Shape channels = Shape.of(x.dim(-1));
      fits = inputs.get(1).equals(channels) && inputs.get(2).equals(channels);
      fits &= inputs.size() < 4 || inputs.get(3).equals(Shape.of(x.dim(0), 2 * x.dim(-1)));
    }
    if (!fits) {
      throw new ShapeException(
          "group norm with "
              + groups
              + " groups needs x [N,…,C] with C divisible, weight [C], bias [C], scaleShift"
              + " [N,2C], got "
              + inputs);
    }
    return x;
  }

  @Override
  public void forward(Forward f) {
    GroupNormalization g = geometry(f.shape(0));
    f.kernels()
        .groupNorm(
            g,
            f.input(0),
            f.input(1),
            f.input(2),
            f.optionalInput(3),
            f.output(),
            f.save(g.batch() * groups),
            f.save(g.batch() * groups));
  }

  @Override
  public void backward(Backward b) {
    @Nullable Buffer gScaleShift = b.arity() > 3 ? b.gradient(3) : null;
    b.kernels()
        .groupNormGradient(
            geometry(b.shape(0)),
            b.input(0),
            b.input(1),
            b.input(2),
            b.optionalInput(3),
            b.saved(0),
            b.saved(1),
            b.outputGradient(),
            b.gradient(0),
            b.gradient(1),
            b.gradient(2),
            gScaleShift);
  }

  private GroupNormalization geometry(Shape x) {
    int channels = x.dim(-1);
    int pixels = Axes.product(x.dims(), 1, x.rank() - 1);
    return new GroupNormalization(x.dim(0), pixels, channels, groups, epsilon, activation);
  }
}
