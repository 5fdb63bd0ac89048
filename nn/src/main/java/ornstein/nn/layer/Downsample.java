package ornstein.nn.layer;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;

/** Halves height and width: by a 3×3 convolution {@code op} with stride 2, or by averaging. */
public final class Downsample extends Module {
  private final @Nullable Conv2d op;

  /**
   * Creates the layer.
   *
   * @param channels channels, at least 1
   * @param convolution whether to convolve, or to average 2×2 pixels
   * @param initial initial values
   */
  public Downsample(int channels, boolean convolution, Initializer initial) {
    op = convolution ? register("op", new Conv2d(channels, channels, 3, 2, 1, initial)) : null;
  }

  /**
   * Applies the layer.
   *
   * @param x [N, H, W, C] with even H and W
   * @return [N, H/2, W/2, C]
   * @throws ornstein.engine.ShapeException if the shapes do not fit
   */
  public Tensor forward(Tensor x) {
    return op == null ? Functional.averagePool(x, 2) : op.forward(x);
  }
}
