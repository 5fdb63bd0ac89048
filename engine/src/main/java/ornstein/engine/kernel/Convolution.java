package ornstein.engine.kernel;

/**
 * Geometry of a two-dimensional convolution (cross-correlation, as in every network library) on
 * channels-last images. Input [batch, height, width, inChannels], weights [kernelHeight,
 * kernelWidth, inChannels, outChannels], output [batch, outHeight, outWidth, outChannels]. Padding
 * is zeros.
 *
 * @param batch number of images
 * @param height input height in pixels
 * @param width input width in pixels
 * @param inChannels input channels
 * @param outChannels output channels
 * @param kernelHeight window height in pixels
 * @param kernelWidth window width in pixels
 * @param stride step of the window in pixels, at least 1
 * @param padding zero pixels added on each of the four sides, at least 0
 */
public record Convolution(
    int batch,
    int height,
    int width,
    int inChannels,
    int outChannels,
    int kernelHeight,
    int kernelWidth,
    int stride,
    int padding) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the stride, the padding or the window is out of range, or
   *     the padded image is smaller than the window
   */
  public Convolution {
    if (stride < 1 || padding < 0 || kernelHeight < 1 || kernelWidth < 1) {
      throw new IllegalArgumentException(
          "convolution needs stride >= 1, padding >= 0 and a window of at least 1x1, got stride "
              + stride
              + ", padding "
              + padding
              + ", window "
              + kernelHeight
              + "x"
              + kernelWidth);
    }
    if (height + 2 * padding < kernelHeight || width + 2 * padding < kernelWidth) {
      throw new IllegalArgumentException(
          "convolution window "
              + kernelHeight
              + "x"
              + kernelWidth
              + " is larger than the padded image "
              + (height + 2 * padding)
              + "x"
              + (width + 2 * padding));
    }
  }

  /**
   * Output height.
   *
   * @return floor((height + 2·padding − kernelHeight) / stride) + 1
   */
  public int outHeight() {
    return (height + 2 * padding - kernelHeight) / stride + 1;
  }

  /**
   * Output width.
   *
   * @return floor((width + 2·padding − kernelWidth) / stride) + 1
   */
  public int outWidth() {
    return (width + 2 * padding - kernelWidth) / stride + 1;
  }

  /**
   * Floating-point operations of the direct algorithm, a fused multiply-add counted as two.
   *
   * @return the operation count
   */
  public long flops() {
    return 2L
        * batch
        * outHeight()
        * outWidth()
        * outChannels
        * kernelHeight
        * kernelWidth
        * inChannels;
  }

  /**
   * The convolution from the output's gradient to the input's, for a stride of 1.
   *
   * @return the geometry of the adjoint
   * @throws IllegalArgumentException if the stride is above 1 or the padding exceeds the window
   */
  public Convolution adjoint() {
    if (stride != 1 || padding >= kernelHeight || kernelHeight != kernelWidth) {
      throw new IllegalArgumentException(
          "only a square convolution of stride 1 has a convolution as its adjoint, got " + this);
    }
    return new Convolution(
        batch,
        outHeight(),
        outWidth(),
        outChannels,
        inChannels,
        kernelHeight,
        kernelWidth,
        1,
        kernelHeight - 1 - padding);
  }
}
