package ornstein.engine.internal.vector;

import ornstein.engine.kernel.Convolution;

/**
 * Which pixels a pixel of a convolution sees, row by row of a window.
 *
 * <p>The adjoint, from the gradient of the output to that of the input, sees the window backwards.
 * Under a stride s a pixel is reached by every s-th tap only, which ones depending on its place
 * modulo s: the adjoint falls into s² <em>phases</em>, each a convolution of its own without stride
 * and with a smaller window.
 *
 * @param g the forward convolution
 * @param adjoint whether the window is that of the adjoint
 * @param phaseRow rows of the phase, modulo the stride; 0 forwards
 * @param phaseColumn columns of the phase, modulo the stride; 0 forwards
 */
record Window(Convolution g, boolean adjoint, int phaseRow, int phaseColumn) {
  static Window forward(Convolution g) {
    return new Window(g, false, 0, 0);
  }

  /** Distance of the pixels of a phase. */
  int step() {
    return adjoint ? g.stride() : 1;
  }

  /** Distance, in the image that is seen, of the windows of neighbours. */
  int stride() {
    return adjoint ? 1 : g.stride();
  }

  /** Channels of a pixel that is seen. */
  int channels() {
    return adjoint ? g.outChannels() : g.inChannels();
  }

  /** Channels of a pixel that looks. */
  int outChannels() {
    return adjoint ? g.inChannels() : g.outChannels();
  }

  /** Whether each pixel sees the pixel at its own place and nothing else. */
  boolean isPixel() {
    return g.kernelHeight() == 1 && g.kernelWidth() == 1 && g.stride() == 1 && g.padding() == 0;
  }

  /** Rows of the phase. */
  int height() {
    return adjoint ? every(g.height(), phaseRow) : g.outHeight();
  }

  /** Columns of the phase. */
  int width() {
    return adjoint ? every(g.width(), phaseColumn) : g.outWidth();
  }

  /** Number of pixels of the phase. */
  int pixels() {
    return g.batch() * height() * width();
  }

  /** Number, among all pixels that look, of a pixel of the phase. */
  int target(int pixel) {
    if (step() == 1) {
      return pixel;
    }
    int row = pixel / width();
    int h = row / height() * g.height() + row % height() * step() + phaseRow;
    return h * g.width() + pixel % width() * step() + phaseColumn;
  }

  /** Rows of the image that is seen. */
  int sourceHeight() {
    return adjoint ? g.outHeight() : g.height();
  }

  /** Columns of the image that is seen. */
  int sourceWidth() {
    return adjoint ? g.outWidth() : g.width();
  }

  /** Rows of the window. */
  int kernelHeight() {
    return every(g.kernelHeight(), firstRow());
  }

  /** Columns of the window. */
  int kernelWidth() {
    return every(g.kernelWidth(), firstColumn());
  }

  /** Elements of the window. */
  int depth() {
    return kernelHeight() * kernelWidth() * channels();
  }

  /** Number, among the weights, of the tap at a place of the window. */
  int tap(int place) {
    int row = firstRow() + place / kernelWidth() * step();
    int column = firstColumn() + place % kernelWidth() * step();
    int tap = row * g.kernelWidth() + column;
    return adjoint ? g.kernelHeight() * g.kernelWidth() - 1 - tap : tap;
  }

  /** Rows of the first window above the image that is seen. */
  int above() {
    return adjoint ? (around(g.kernelHeight()) - phaseRow - firstRow()) / step() : g.padding();
  }

  /** Columns of the first window before the image that is seen. */
  int before() {
    return adjoint ? (around(g.kernelWidth()) - phaseColumn - firstColumn()) / step() : g.padding();
  }

  private int firstRow() {
    return adjoint ? Math.floorMod(around(g.kernelHeight()) - phaseRow, step()) : 0;
  }

  private int firstColumn() {
    return adjoint ? Math.floorMod(around(g.kernelWidth()) - phaseColumn, step()) : 0;
  }

  /** Padding of the adjoint. */
  private int around(int kernel) {
    return kernel - 1 - g.padding();
  }

  /** How many of 0 … n − 1 are first, first + step, …. */
  private int every(int n, int first) {
    return Math.max(0, (n - first + step() - 1) / step());
  }
}
