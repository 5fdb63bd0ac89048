package ornstein.nn.layer;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;

/** Doubles height and width by repeating pixels, then maybe a 3×3 convolution {@code conv}. */
public final class Upsample extends Module {
  private final @Nullable Conv2d conv;

  /**
   * Creates the layer.
   *
   * @param channels channels, at least 1
   * @param convolution whether a convolution follows
   * @param initial initial values
   */
  public Upsample(int channels, boolean convolution, Initializer initial) {
    conv = convolution ? register("conv", Conv2d.same3x3(channels, channels, initial)) : null;
  }

  /**
   * Applies the layer.
   *
   * @param x [N, H, W, C]
   * @return [N, 2H, 2W, C]
   * @throws ornstein.engine.ShapeException if the shapes do not fit
   */
  public Tensor forward(Tensor x) {
    Tensor large = Functional.upsampleNearest(x, 2);
    return conv == null ? large : conv.forward(large);
  }
}
