package ornstein.nn.layer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;

/** Halves height and width: by a 3×3 convolution {@code op} with stride 2, or by averaging. */
public final class Downsample extends Module {
  private final @Nullable Conv2d op;
  private final boolean padAfter;

  /**
   * Creates the layer.
   *
   * @param channels channels, at least 1
   * @param convolution whether to convolve, or to average 2×2 pixels
   * @param padAfter whether the convolution sees a row of zeros below and a column to the right, as
   *     DDPM's first implementation has it, or one on every side
   * @param initial initial values
   */
  public Downsample(int channels, boolean convolution, boolean padAfter, Initializer initial) {
    this.padAfter = padAfter;
    int padding = padAfter ? 0 : 1;
    op =
        convolution ? register("op", new Conv2d(channels, channels, 3, 2, padding, initial)) : null;
  }

  /**
   * Applies the layer.
   *
   * @param x [N, H, W, C] with even H and W
   * @return [N, H/2, W/2, C]
   * @throws ornstein.engine.ShapeException if the shapes do not fit
   */
  public Tensor forward(Tensor x) {
    if (op == null) {
      return Functional.averagePool(x, 2);
    }
    return op.forward(padAfter ? padded(x) : x);
  }

  private static Tensor padded(Tensor x) {
    Tensor row = Tensor.full(x.shape().with(1, 1), 0f);
    Tensor taller = Tensor.concat(1, List.of(x, row));
    Tensor column = Tensor.full(taller.shape().with(2, 1), 0f);
    return Tensor.concat(2, List.of(taller, column));
  }
}
