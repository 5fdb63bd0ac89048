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

  private int height() {
    return adjoint ? g.height() : g.outHeight();
  }

  private int width() {
    return adjoint ? g.width() : g.outWidth();
  }

  /** Number of the pixel that a pixel sees at a place of its window, or −1 for none. */
  int source(int pixel, int tap) {
    int row = pixel / width();
    int w = pixel % width();
    int h = row % height();
    int image = row / height();
    int kh = tap / g.kernelWidth();
    int kw = tap % g.kernelWidth();
    if (!adjoint) {
      int ih = h * g.stride() + kh - g.padding();
      int iw = w * g.stride() + kw - g.padding();
      boolean inside = ih >= 0 && ih < g.height() && iw >= 0 && iw < g.width();
      return inside ? (image * g.height() + ih) * g.width() + iw : -1;
    }
    int dh = h + g.padding() - (g.kernelHeight() - 1 - kh);
    int dw = w + g.padding() - (g.kernelWidth() - 1 - kw);
    if (dh < 0 || dw < 0 || dh % g.stride() != 0 || dw % g.stride() != 0) {
      return -1;
    }
    int oh = dh / g.stride();
    int ow = dw / g.stride();
    boolean inside = oh < g.outHeight() && ow < g.outWidth();
    return inside ? (image * g.outHeight() + oh) * g.outWidth() + ow : -1;
  }
}
