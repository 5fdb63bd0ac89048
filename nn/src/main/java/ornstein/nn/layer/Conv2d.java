package ornstein.nn.layer;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/**
 * Two-dimensional convolution on channels-last images, with parameters {@code weight} [kernel,
 * kernel, in, out] and, unless it has none, {@code bias} [out].
 */
public final class Conv2d extends Module {
  private final Parameter weight;
  private final @Nullable Parameter bias;
  private final int stride;
  private final int padding;

  /**
   * Creates a convolution.
   *
   * @param in input channels, at least 1
   * @param out output channels, at least 1
   * @param kernel side of the window in pixels, at least 1
   * @param stride step of the window in pixels, at least 1
   * @param padding zero pixels on each side, at least 0
   * @param initial initial values
   */
  public Conv2d(int in, int out, int kernel, int stride, int padding, Initializer initial) {
    this(in, out, kernel, stride, padding, Parameter.Layout.CONVOLUTION, true, initial);
  }

  private Conv2d(
      int in,
      int out,
      int kernel,
      int stride,
      int padding,
      Parameter.Layout layout,
      boolean biased,
      Initializer initial) {
    int fanIn = kernel * kernel * in;
    Tensor w = initial.fanIn(Shape.of(kernel, kernel, in, out), fanIn);
    this.weight = register("weight", new Parameter(w, layout));
    this.bias =
        biased ? register("bias", new Parameter(initial.fanIn(Shape.of(out), fanIn))) : null;
    this.stride = stride;
    this.padding = padding;
  }

  /**
   * A 3×3 convolution that keeps the image's size.
   *
   * @param in input channels, at least 1
   * @param out output channels, at least 1
   * @param initial initial values
   * @return the layer
   */
  public static Conv2d same3x3(int in, int out, Initializer initial) {
    return new Conv2d(in, out, 3, 1, 1, initial);
  }

  /**
   * A linear map of each pixel's channels.
   *
   * @param in input channels, at least 1
   * @param out output channels, at least 1
   * @param layout how checkpoints store the weights, which differs between families
   * @param initial initial values
   * @return the layer
   */
  public static Conv2d pixelwise(int in, int out, Parameter.Layout layout, Initializer initial) {
    return new Conv2d(in, out, 1, 1, 0, layout, true, initial);
  }

  /**
   * A convolution without a bias that keeps the image's size.
   *
   * @param in input channels, at least 1
   * @param out output channels, at least 1
   * @param kernel side of the window in pixels, odd
   * @param initial initial values
   * @return the layer
   */
  public static Conv2d withoutBias(int in, int out, int kernel, Initializer initial) {
    int padding = kernel / 2;
    return new Conv2d(in, out, kernel, 1, padding, Parameter.Layout.CONVOLUTION, false, initial);
  }

  /**
   * Applies the layer.
   *
   * @param x [N, H, W, in]
   * @return [N, H′, W′, out]
   * @throws IllegalArgumentException if the channels differ or the image is smaller than the window
   */
  public Tensor forward(Tensor x) {
    Tensor shift = bias == null ? null : bias.value();
    return Functional.conv2d(x, weight.value(), shift, stride, padding);
  }

  /**
   * Applies the layer and adds a residual, in the same kernel.
   *
   * @param x [N, H, W, in]
   * @param residual [N, H′, W′, out]
   * @return [N, H′, W′, out]
   * @throws IllegalArgumentException if the shapes do not fit or the image is smaller than the
   *     window
   */
  public Tensor forward(Tensor x, Tensor residual) {
    return bias == null
        ? forward(x).add(residual)
        : Functional.conv2d(x, weight.value(), bias.value(), residual, stride, padding);
  }
}
