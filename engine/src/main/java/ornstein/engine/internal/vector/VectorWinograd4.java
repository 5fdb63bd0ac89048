package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import ornstein.engine.internal.scalar.ScalarWinograd4;

/**
 * The one-dimensional transforms of Winograd's F(4,3) on vectors of channels; see {@link
 * ornstein.engine.kernel.Winograd} for the matrices. Each is applied to {@code lines} lines of
 * {@code channels} neighbouring channels: element i of line l is at xo + l·xl + i·xs, and goes to
 * yo + l·yl + i·ys.
 */
final class VectorWinograd4 {
  private VectorWinograd4() {}

  /** Bᵀ of F(4,3). */
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
    FloatVector minus4 = broadcast(SPECIES, -4f);
    FloatVector minus5 = broadcast(SPECIES, -5f);
    FloatVector plus4 = broadcast(SPECIES, 4f);
    FloatVector plus2 = broadcast(SPECIES, 2f);
    FloatVector minus2 = broadcast(SPECIES, -2f);
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector x3 = fromArray(SPECIES, x, from + 3 * xs + c);
        FloatVector x4 = fromArray(SPECIES, x, from + 4 * xs + c);
        FloatVector x5 = fromArray(SPECIES, x, from + 5 * xs + c);
        FloatVector p = x2.fma(minus4, x4);
        FloatVector q = x1.fma(minus4, x3);
        FloatVector r = x4.sub(x2);
        FloatVector s = x3.sub(x1);
        x2.fma(minus5, x0.fma(plus4, x4)).intoArray(y, to + c);
        p.add(q).intoArray(y, to + ys + c);
        p.sub(q).intoArray(y, to + 2 * ys + c);
        s.fma(plus2, r).intoArray(y, to + 3 * ys + c);
        s.fma(minus2, r).intoArray(y, to + 4 * ys + c);
        x3.fma(minus5, x1.fma(plus4, x5)).intoArray(y, to + 5 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd4.input(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** Aᵀ of F(4,3). */
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
    FloatVector plus2 = broadcast(SPECIES, 2f);
    FloatVector plus4 = broadcast(SPECIES, 4f);
    FloatVector plus8 = broadcast(SPECIES, 8f);
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector x3 = fromArray(SPECIES, x, from + 3 * xs + c);
        FloatVector x4 = fromArray(SPECIES, x, from + 4 * xs + c);
        FloatVector x5 = fromArray(SPECIES, x, from + 5 * xs + c);
        FloatVector p = x1.add(x2);
        FloatVector q = x1.sub(x2);
        FloatVector r = x3.add(x4);
        FloatVector s = x3.sub(x4);
        x0.add(p).add(r).intoArray(y, to + c);
        s.fma(plus2, q).intoArray(y, to + ys + c);
        r.fma(plus4, p).intoArray(y, to + 2 * ys + c);
        s.fma(plus8, q).add(x5).intoArray(y, to + 3 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd4.output(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** G of F(4,3). */
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
    FloatVector twentyFourth = broadcast(SPECIES, 1f / 24f);
    FloatVector sixth = broadcast(SPECIES, 1f / 6f);
    FloatVector twelfth = broadcast(SPECIES, 1f / 12f);
    FloatVector quarter = broadcast(SPECIES, 0.25f);
    FloatVector minusSixth = broadcast(SPECIES, -1f / 6f);
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector p = x0.add(x2);
        FloatVector q = x0.fma(twentyFourth, x2.mul(sixth));
        FloatVector r = x1.mul(twelfth);
        x0.mul(quarter).intoArray(y, to + c);
        p.add(x1).mul(minusSixth).intoArray(y, to + ys + c);
        p.sub(x1).mul(minusSixth).intoArray(y, to + 2 * ys + c);
        q.add(r).intoArray(y, to + 3 * ys + c);
        q.sub(r).intoArray(y, to + 4 * ys + c);
        x2.intoArray(y, to + 5 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd4.weight(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** A of F(4,3). */
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
    FloatVector plus4 = broadcast(SPECIES, 4f);
    FloatVector plus8 = broadcast(SPECIES, 8f);
    FloatVector plus2 = broadcast(SPECIES, 2f);
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector x3 = fromArray(SPECIES, x, from + 3 * xs + c);
        FloatVector p = x0.add(x2);
        FloatVector q = x1.add(x3);
        FloatVector r = x2.fma(plus4, x0);
        FloatVector s = x3.fma(plus8, x1.mul(plus2));
        x0.intoArray(y, to + c);
        p.add(q).intoArray(y, to + ys + c);
        p.sub(q).intoArray(y, to + 2 * ys + c);
        r.add(s).intoArray(y, to + 3 * ys + c);
        r.sub(s).intoArray(y, to + 4 * ys + c);
        x3.intoArray(y, to + 5 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd4.gradient(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** Gᵀ of F(4,3). */
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
    FloatVector twentyFourth = broadcast(SPECIES, 1f / 24f);
    FloatVector minusSixth = broadcast(SPECIES, -1f / 6f);
    FloatVector quarter = broadcast(SPECIES, 0.25f);
    FloatVector twelfth = broadcast(SPECIES, 1f / 12f);
    FloatVector sixth = broadcast(SPECIES, 1f / 6f);
    int end = SPECIES.loopBound(channels);
    for (int c = 0; c < end; c += LENGTH) {
      for (int i = 0; i < lines; i++) {
        int from = xo + i * xl;
        int to = yo + i * yl;
        FloatVector x0 = fromArray(SPECIES, x, from + c);
        FloatVector x1 = fromArray(SPECIES, x, from + xs + c);
        FloatVector x2 = fromArray(SPECIES, x, from + 2 * xs + c);
        FloatVector x3 = fromArray(SPECIES, x, from + 3 * xs + c);
        FloatVector x4 = fromArray(SPECIES, x, from + 4 * xs + c);
        FloatVector x5 = fromArray(SPECIES, x, from + 5 * xs + c);
        FloatVector p = x1.add(x2);
        FloatVector q = x2.sub(x1);
        FloatVector r = x3.add(x4);
        FloatVector s = x3.sub(x4);
        r.fma(twentyFourth, p.fma(minusSixth, x0.mul(quarter))).intoArray(y, to + c);
        s.fma(twelfth, q.mul(sixth)).intoArray(y, to + ys + c);
        r.sub(p).mul(sixth).add(x5).intoArray(y, to + 2 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd4.weightGradient(x, from + c, xs, y, to + c, ys);
      }
    }
  }

  /** Aᵀ of F(4,3), plus the bias. */
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
    FloatVector plus2 = broadcast(SPECIES, 2f);
    FloatVector plus4 = broadcast(SPECIES, 4f);
    FloatVector plus8 = broadcast(SPECIES, 8f);
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
        FloatVector x4 = fromArray(SPECIES, x, from + 4 * xs + c);
        FloatVector x5 = fromArray(SPECIES, x, from + 5 * xs + c);
        FloatVector p = x1.add(x2);
        FloatVector q = x1.sub(x2);
        FloatVector r = x3.add(x4);
        FloatVector s = x3.sub(x4);
        x0.add(p).add(r).add(b).intoArray(y, to + c);
        s.fma(plus2, q).add(b).intoArray(y, to + ys + c);
        r.fma(plus4, p).add(b).intoArray(y, to + 2 * ys + c);
        s.fma(plus8, q).add(x5).add(b).intoArray(y, to + 3 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd4.output(x, from + c, xs, y, to + c, ys);
        for (int j = 0; j < 4; j++) {
          y[to + j * ys + c] += bias[bo + c];
        }
      }
    }
  }

  /** Aᵀ of F(4,3), plus the bias and a residual; a residual lies as y does. */
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
    FloatVector plus2 = broadcast(SPECIES, 2f);
    FloatVector plus4 = broadcast(SPECIES, 4f);
    FloatVector plus8 = broadcast(SPECIES, 8f);
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
        FloatVector x4 = fromArray(SPECIES, x, from + 4 * xs + c);
        FloatVector x5 = fromArray(SPECIES, x, from + 5 * xs + c);
        FloatVector p = x1.add(x2);
        FloatVector q = x1.sub(x2);
        FloatVector r = x3.add(x4);
        FloatVector s = x3.sub(x4);
        x0.add(p).add(r).add(b).add(fromArray(SPECIES, residual, more + c)).intoArray(y, to + c);
        s.fma(plus2, q)
            .add(b)
            .add(fromArray(SPECIES, residual, more + ys + c))
            .intoArray(y, to + ys + c);
        r.fma(plus4, p)
            .add(b)
            .add(fromArray(SPECIES, residual, more + 2 * ys + c))
            .intoArray(y, to + 2 * ys + c);
        s.fma(plus8, q)
            .add(x5)
            .add(b)
            .add(fromArray(SPECIES, residual, more + 3 * ys + c))
            .intoArray(y, to + 3 * ys + c);
      }
    }
    for (int i = 0; i < lines && end < channels; i++) {
      int from = xo + i * xl;
      int to = yo + i * yl;
      int more = ro + i * yl;
      for (int c = end; c < channels; c++) {
        ScalarWinograd4.output(x, from + c, xs, y, to + c, ys);
        for (int j = 0; j < 4; j++) {
          y[to + j * ys + c] += bias[bo + c];
          y[to + j * ys + c] += residual[more + j * ys + c];
        }
      }
    }
  }
}
