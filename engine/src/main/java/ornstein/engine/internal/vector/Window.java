package ornstein.engine.internal.vector;

import ornstein.engine.kernel.Convolution;

/**
 * Which input pixels an output pixel of a convolution sees. The adjoint, from the gradient of the
 * output to that of the input, sees the window backwards and between strides nothing.
 *
 * @param g the forward convolution
 * @param adjoint whether the window is that of the adjoint
 */
record Window(Convolution g, boolean adjoint) {
  /** Channels of a pixel that is seen. */
  int channels() {
    return adjoint ? g.outChannels() : g.inChannels();
  }

  /** Whether each pixel sees the pixel at its own place and nothing else. */
  boolean isPixel() {
    return g.kernelHeight() == 1 && g.kernelWidth() == 1 && g.stride() == 1 && g.padding() == 0;
  }

  /** Number of pixels that look through a window. */
  int pixels() {
    return g.batch() * height() * width();
  }

  /** Elements of a window. */
  int depth() {
    return g.kernelHeight() * g.kernelWidth() * channels();
  }

  /** Rows of the image that looks. */
  int height() {
    return adjoint ? g.height() : g.outHeight();
  }

  /** Columns of the image that looks. */
  int width() {
    return adjoint ? g.width() : g.outWidth();
  }

  /** Rows of the image that is seen. */
  int sourceHeight() {
    return adjoint ? g.outHeight() : g.height();
  }

  /** Columns of the image that is seen. */
  int sourceWidth() {
    return adjoint ? g.outWidth() : g.width();
  }

  /** Distance, in the image that is seen, of the windows of neighbours. */
  int stride() {
    return adjoint ? 1 : g.stride();
  }

  /** Distance of the places of the image that is seen; places between them hold nothing. */
  int dilation() {
    return adjoint ? g.stride() : 1;
  }

  /** Rows of the first window above the image that is seen. */
  int above() {
    return adjoint ? g.kernelHeight() - 1 - g.padding() : g.padding();
  }

  /** Columns of the first window before the image that is seen. */
  int before() {
    return adjoint ? g.kernelWidth() - 1 - g.padding() : g.padding();
  }
}
