package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import ornstein.engine.internal.scalar.ScalarWinograd2;

/**
 * The one-dimensional transforms of Winograd's F(2,3) on vectors of channels; see {@link
 * ornstein.engine.kernel.Winograd} for the matrices. Each is applied to {@code lines} lines of
 * {@code channels} neighbouring channels: element i of line l is at xo + l·xl + i·xs, and goes to
 * yo + l·yl + i·ys.
 */
final class VectorWinograd2 {
  private VectorWinograd2() {}

  /** Bᵀ of F(2,3). */
  static void input(
      float[] x,
      int xo,
      int xs,
      int xl,
      float[] y,
      int yo,
      int ys,
      int yl,
      int lines,
      int channels) {
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector x3 = fromArray(SPECIES, x, from + 3 * xs + c);
        x0.sub(x2).intoArray(y, to + c);
        x1.add(x2).intoArray(y, to + ys + c);
        x2.sub(x1).intoArray(y, to + 2 * ys + c);
        x1.sub(x3).intoArray(y, to + 3 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd2.input(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** Aᵀ of F(2,3). */
  static void output(
      float[] x,
      int xo,
      int xs,
      int xl,
      float[] y,
      int yo,
      int ys,
      int yl,
      int lines,
      int channels) {
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector x3 = fromArray(SPECIES, x, from + 3 * xs + c);
        x0.add(x1).add(x2).intoArray(y, to + c);
        x1.sub(x2).sub(x3).intoArray(y, to + ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd2.output(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** G of F(2,3). */
  static void weight(
      float[] x,
      int xo,
      int xs,
      int xl,
      float[] y,
      int yo,
      int ys,
      int yl,
      int lines,
      int channels) {
    FloatVector half = broadcast(SPECIES, 0.5f);
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector p = x0.add(x2);
        x0.intoArray(y, to + c);
        p.add(x1).mul(half).intoArray(y, to + ys + c);
        p.sub(x1).mul(half).intoArray(y, to + 2 * ys + c);
        x2.intoArray(y, to + 3 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd2.weight(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** A of F(2,3). */
  static void gradient(
      float[] x,
      int xo,
      int xs,
      int xl,
      float[] y,
      int yo,
      int ys,
      int yl,
      int lines,
      int channels) {
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        x0.intoArray(y, to + c);
        x0.add(x1).intoArray(y, to + ys + c);
        x0.sub(x1).intoArray(y, to + 2 * ys + c);
        x1.neg().intoArray(y, to + 3 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd2.gradient(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** Gᵀ of F(2,3). */
  static void weightGradient(
      float[] x,
      int xo,
      int xs,
      int xl,
      float[] y,
      int yo,
      int ys,
      int yl,
      int lines,
      int channels) {
    FloatVector half = broadcast(SPECIES, 0.5f);
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector x3 = fromArray(SPECIES, x, from + 3 * xs + c);
        FloatVector p = x1.add(x2);
        p.fma(half, x0).intoArray(y, to + c);
        x1.sub(x2).mul(half).intoArray(y, to + ys + c);
        p.fma(half, x3).intoArray(y, to + 2 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd2.weightGradient(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** Aᵀ of F(2,3), plus the bias. */
  static void outputWithBias(
      float[] x,
      int xo,
      int xs,
      int xl,
      float[] bias,
      int bo,
      float[] y,
      int yo,
      int ys,
      int yl,
      int lines,
      int channels) {
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector b = fromArray(SPECIES, bias, bo + c);
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector x3 = fromArray(SPECIES, x, from + 3 * xs + c);
        x0.add(x1).add(x2).add(b).intoArray(y, to + c);
        x1.sub(x2).sub(x3).add(b).intoArray(y, to + ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd2.output(x, from + c, xs, y, to + c, ys);
        for (int j = 0; j < 2; j++) {
          y[to + j * ys + c] += bias[bo + c];
        }
      }
    }
  }

  /** Aᵀ of F(2,3), plus the bias and a residual; a residual lies as y does. */
  static void outputWithResidual(
      float[] x,
      int xo,
      int xs,
      int xl,
      float[] bias,
      int bo,
      float[] residual,
      int ro,
      float[] y,
      int yo,
      int ys,
      int yl,
      int lines,
      int channels) {
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        int more = ro + i * yl;
        FloatVector b = fromArray(SPECIES, bias, bo + c);
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector x3 = fromArray(SPECIES, x, from + 3 * xs + c);
        x0.add(x1).add(x2).add(b).add(fromArray(SPECIES, residual, more + c)).intoArray(y, to + c);
        x1.sub(x2)
            .sub(x3)
            .add(b)
            .add(fromArray(SPECIES, residual, more + ys + c))
            .intoArray(y, to + ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      int more = ro + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd2.output(x, from + c, xs, y, to + c, ys);
        for (int j = 0; j < 2; j++) {
          y[to + j * ys + c] += bias[bo + c];
          y[to + j * ys + c] += residual[more + j * ys + c];
        }
      }
    }
  }
}
