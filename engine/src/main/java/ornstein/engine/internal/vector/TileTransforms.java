package ornstein.engine.internal.vector;

import ornstein.engine.kernel.Winograd;

/**
 * Winograd's transforms in two dimensions: columns first, into {@code tmp}, then rows. Each handles
 * at most {@link #CHANNELS} neighbouring channels.
 */
final class TileTransforms {
  /** The most channels of one call: what comes between the two passes stays in L1. */
  static final int CHANNELS = 64;

  /** Elements of {@code tmp}. */
  static final int SIZE = 36 * CHANNELS;

  private TileTransforms() {}

  /** Bᵀ d B: inputs {@code row} and {@code column} apart to places {@code step} apart in v. */
  static void input(
      Winograd f,
      float[] x,
      int xo,
      int row,
      int column,
      int channels,
      float[] tmp,
      int to,
      float[] v,
      int vo,
      int step) {
    int side = f.tile() + 2;
    int line = side * CHANNELS;
    if (f == Winograd.F4) {
      VectorWinograd4.input(x, xo, row, column, tmp, to, line, CHANNELS, side, channels);
      VectorWinograd4.input(tmp, to, CHANNELS, line, v, vo, step, side * step, side, channels);
    } else {
      VectorWinograd2.input(x, xo, row, column, tmp, to, line, CHANNELS, side, channels);
      VectorWinograd2.input(tmp, to, CHANNELS, line, v, vo, step, side * step, side, channels);
    }
  }

  /** The columns of Aᵀ m A: places {@code step} apart in m to {@code tmp}. */
  static void outputColumns(
      Winograd f, float[] m, int mo, int step, int channels, float[] tmp, int to) {
    int side = f.tile() + 2;
    int line = side * CHANNELS;
    if (f == Winograd.F4) {
      VectorWinograd4.output(m, mo, side * step, step, tmp, to, line, CHANNELS, side, channels);
    } else {
      VectorWinograd2.output(m, mo, side * step, step, tmp, to, line, CHANNELS, side, channels);
    }
  }

  /** Then {@code rows} rows: outputs {@code pixel} apart in rows {@code row} apart in y. */
  static void outputRows(
      Winograd f,
      float[] tmp,
      int to,
      int rows,
      int channels,
      float[] y,
      int yo,
      int pixel,
      int row) {
    int line = (f.tile() + 2) * CHANNELS;
    if (f == Winograd.F4) {
      VectorWinograd4.output(tmp, to, CHANNELS, line, y, yo, pixel, row, rows, channels);
    } else {
      VectorWinograd2.output(tmp, to, CHANNELS, line, y, yo, pixel, row, rows, channels);
    }
  }

  /** As {@link #outputRows}, with the bias added. */
  static void outputRows(
      Winograd f,
      float[] tmp,
      int to,
      int rows,
      int channels,
      float[] bias,
      int bo,
      float[] y,
      int yo,
      int pixel,
      int row) {
    int line = (f.tile() + 2) * CHANNELS;
    if (f == Winograd.F4) {
      VectorWinograd4.outputWithBias(
          tmp, to, CHANNELS, line, bias, bo, y, yo, pixel, row, rows, channels);
    } else {
      VectorWinograd2.outputWithBias(
          tmp, to, CHANNELS, line, bias, bo, y, yo, pixel, row, rows, channels);
    }
  }

  /** As {@link #outputRows}, with the bias and a residual added, which lies as y does. */
  static void outputRows(
      Winograd f,
      float[] tmp,
      int to,
      int rows,
      int channels,
      float[] bias,
      int bo,
      float[] residual,
      int ro,
      float[] y,
      int yo,
      int pixel,
      int row) {
    int line = (f.tile() + 2) * CHANNELS;
    if (f == Winograd.F4) {
      VectorWinograd4.outputWithResidual(
          tmp, to, CHANNELS, line, bias, bo, residual, ro, y, yo, pixel, row, rows, channels);
    } else {
      VectorWinograd2.outputWithResidual(
          tmp, to, CHANNELS, line, bias, bo, residual, ro, y, yo, pixel, row, rows, channels);
    }
  }

  /** G g Gᵀ: taps {@code tap} apart in w to places {@code step} apart in u. */
  static void weight(
      Winograd f,
      float[] w,
      int wo,
      int tap,
      int channels,
      float[] tmp,
      int to,
      float[] u,
      int uo,
      int step) {
    int side = f.tile() + 2;
    int line = 3 * CHANNELS;
    if (f == Winograd.F4) {
      VectorWinograd4.weight(w, wo, 3 * tap, tap, tmp, to, line, CHANNELS, 3, channels);
      VectorWinograd4.weight(tmp, to, CHANNELS, line, u, uo, step, side * step, side, channels);
    } else {
      VectorWinograd2.weight(w, wo, 3 * tap, tap, tmp, to, line, CHANNELS, 3, channels);
      VectorWinograd2.weight(tmp, to, CHANNELS, line, u, uo, step, side * step, side, channels);
    }
  }

  /** A gy Aᵀ: a tile of gradients, CHANNELS apart, to places {@code step} apart in v. */
  static void gradient(
      Winograd f,
      float[] gy,
      int go,
      int channels,
      float[] tmp,
      int to,
      float[] v,
      int vo,
      int step) {
    int side = f.tile() + 2;
    int line = f.tile() * CHANNELS;
    if (f == Winograd.F4) {
      VectorWinograd4.gradient(gy, go, line, CHANNELS, tmp, to, line, CHANNELS, f.tile(), channels);
      VectorWinograd4.gradient(tmp, to, CHANNELS, line, v, vo, step, side * step, side, channels);
    } else {
      VectorWinograd2.gradient(gy, go, line, CHANNELS, tmp, to, line, CHANNELS, f.tile(), channels);
      VectorWinograd2.gradient(tmp, to, CHANNELS, line, v, vo, step, side * step, side, channels);
    }
  }

  /** Gᵀ m G: places {@code step} apart in m to taps {@code tap} apart in gw. */
  static void weightGradient(
      Winograd f,
      float[] m,
      int mo,
      int step,
      int channels,
      float[] tmp,
      int to,
      float[] gw,
      int go,
      int tap) {
    int side = f.tile() + 2;
    int line = side * CHANNELS;
    if (f == Winograd.F4) {
      VectorWinograd4.weightGradient(
          m, mo, side * step, step, tmp, to, line, CHANNELS, side, channels);
      VectorWinograd4.weightGradient(tmp, to, CHANNELS, line, gw, go, tap, 3 * tap, 3, channels);
    } else {
      VectorWinograd2.weightGradient(
          m, mo, side * step, step, tmp, to, line, CHANNELS, side, channels);
      VectorWinograd2.weightGradient(tmp, to, CHANNELS, line, gw, go, tap, 3 * tap, 3, channels);
    }
  }
}
