package ornstein.engine.internal.vector;

import java.util.Arrays;
import ornstein.engine.internal.AdamCoefficients;
import ornstein.engine.internal.Loops;
import ornstein.engine.internal.scalar.Philox;
import ornstein.engine.internal.scalar.ScalarLoops;
import ornstein.engine.internal.scalar.ScalarMath;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Unary;

/** Vectors for the leading part of each range, the scalar loops for the few elements left. */
public final class VectorLoops implements Loops {
  private static final ScalarLoops TAIL = new ScalarLoops();

  /** A new instance; it holds no state. */
  public VectorLoops() {}

  @Override
  public void unary(Unary f, float[] x, int xo, float[] y, int yo, int n) {
    int done =
        switch (f) {
          case EXP -> VectorExponential.exp(1f, 0f, x, xo, y, yo, n);
          case LOG -> VectorUnary.log(x, xo, y, yo, n);
          case SQRT -> VectorUnary.sqrt(x, xo, y, yo, n);
          case RECIPROCAL -> VectorUnary.reciprocal(x, xo, y, yo, n);
          case SQUARE -> VectorUnary.square(x, xo, y, yo, n);
          case ABS -> VectorUnary.abs(x, xo, y, yo, n);
          case TANH -> VectorExponential.tanh(x, xo, y, yo, n);
          case SIGMOID, SILU, SOFTPLUS -> VectorLogistic.apply(f, x, xo, y, yo, n);
          case RELU -> VectorUnary.relu(x, xo, y, yo, n);
          case GELU -> VectorErf.gelu(x, xo, y, yo, n);
          case ERF -> VectorErf.erf(x, xo, y, yo, n);
        };
    TAIL.unary(f, x, xo + done, y, yo + done, n - done);
  }

  @Override
  public void unaryGradient(
      Unary f, float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int done =
        switch (f) {
          case EXP -> VectorExponential.expGradient(x, xo, gy, go, gx, ro, n);
          case LOG -> VectorUnaryGradient.log(x, xo, gy, go, gx, ro, n);
          case SQRT -> VectorUnaryGradient.sqrt(x, xo, gy, go, gx, ro, n);
          case RECIPROCAL -> VectorUnaryGradient.reciprocal(x, xo, gy, go, gx, ro, n);
          case SQUARE -> VectorUnaryGradient.square(x, xo, gy, go, gx, ro, n);
          case ABS -> VectorUnaryGradient.abs(x, xo, gy, go, gx, ro, n);
          case TANH -> VectorExponential.tanhGradient(x, xo, gy, go, gx, ro, n);
          case SIGMOID, SILU, SOFTPLUS -> VectorLogistic.gradient(f, x, xo, gy, go, gx, ro, n);
          case RELU -> VectorUnaryGradient.relu(x, xo, gy, go, gx, ro, n);
          case GELU -> VectorErf.geluGradient(x, xo, gy, go, gx, ro, n);
          case ERF -> VectorErf.erfGradient(x, xo, gy, go, gx, ro, n);
        };
    TAIL.unaryGradient(f, x, xo + done, gy, go + done, gx, ro + done, n - done);
  }

  @Override
  public void binary(
      Binary f, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int n) {
    if (n == 0) {
      return;
    }
    if (as == 0 && bs == 0) {
      TAIL.binary(f, a, ao, 0, b, bo, 0, y, yo, 1);
      Arrays.fill(y, yo, yo + n, y[yo]);
      return;
    }
    int done =
        as == 0
            ? stretchedFirst(f, a[ao], b, bo, y, yo, n)
            : bs == 0
                ? stretchedSecond(f, a, ao, b[bo], y, yo, n)
                : ranges(f, a, ao, b, bo, y, yo, n);
    TAIL.binary(f, a, ao + done * as, as, b, bo + done * bs, bs, y, yo + done, n - done);
  }

  private static int ranges(
      Binary f, float[] a, int ao, float[] b, int bo, float[] y, int yo, int n) {
    return switch (f) {
      case ADD -> VectorBinary.add(a, ao, b, bo, y, yo, n);
      case SUBTRACT -> VectorBinary.subtract(a, ao, b, bo, y, yo, n);
      case MULTIPLY -> VectorBinary.multiply(a, ao, b, bo, y, yo, n);
      case DIVIDE -> VectorBinary.divide(a, ao, b, bo, y, yo, n);
      case MAXIMUM -> VectorBinary.maximum(a, ao, b, bo, y, yo, n);
      case MINIMUM -> VectorBinary.minimum(a, ao, b, bo, y, yo, n);
      case LESS -> VectorBinary.less(a, ao, b, bo, y, yo, n);
      case EQUAL -> VectorBinary.equal(a, ao, b, bo, y, yo, n);
    };
  }

  private static int stretchedSecond(
      Binary f, float[] a, int ao, float b, float[] y, int yo, int n) {
    return switch (f) {
      case ADD -> VectorStretchedBinary.add(a, ao, b, y, yo, n);
      case SUBTRACT -> VectorStretchedBinary.subtract(a, ao, b, y, yo, n);
      case MULTIPLY -> VectorStretchedBinary.multiply(a, ao, b, y, yo, n);
      case DIVIDE -> VectorStretchedBinary.divide(a, ao, b, y, yo, n);
      case MAXIMUM -> VectorStretchedBinary.maximum(a, ao, b, y, yo, n);
      case MINIMUM -> VectorStretchedBinary.minimum(a, ao, b, y, yo, n);
      case LESS -> VectorStretchedBinary.less(a, ao, b, y, yo, n);
      case EQUAL -> VectorStretchedBinary.equal(a, ao, b, y, yo, n);
    };
  }

  private static int stretchedFirst(
      Binary f, float a, float[] b, int bo, float[] y, int yo, int n) {
    return switch (f) {
      case SUBTRACT -> VectorStretchedBinary.subtractFrom(b, bo, a, y, yo, n);
      case DIVIDE -> VectorStretchedBinary.divideFrom(b, bo, a, y, yo, n);
      case LESS -> VectorStretchedBinary.lessFrom(b, bo, a, y, yo, n);
      case ADD, MULTIPLY, MAXIMUM, MINIMUM, EQUAL -> stretchedSecond(f, b, bo, a, y, yo, n);
    };
  }

  @Override
  public void affine(float scale, float shift, float[] x, int xo, float[] y, int yo, int n) {
    int done = VectorPointwise.affine(scale, shift, x, xo, y, yo, n);
    TAIL.affine(scale, shift, x, xo + done, y, yo + done, n - done);
  }

  @Override
  public void clamp(float low, float high, float[] x, int xo, float[] y, int yo, int n) {
    int done = VectorPointwise.clamp(low, high, x, xo, y, yo, n);
    TAIL.clamp(low, high, x, xo + done, y, yo + done, n - done);
  }

  @Override
  public void clampGradient(
      float low, float high, float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n) {
    int done = VectorPointwise.clampGradient(low, high, x, xo, gy, go, gx, ro, n);
    TAIL.clampGradient(low, high, x, xo + done, gy, go + done, gx, ro + done, n - done);
  }

  @Override
  public float sum(float[] x, int xo, int n) {
    return VectorReductions.sum(x, xo, n);
  }

  @Override
  public float dot(float[] a, int ao, float[] b, int bo, int n) {
    return VectorReductions.dot(a, ao, b, bo, n);
  }

  @Override
  public float squaredDeviations(float mean, float[] x, int xo, int n) {
    return VectorReductions.squaredDeviations(mean, x, xo, n);
  }

  @Override
  public float max(float[] x, int xo, int n) {
    return VectorReductions.max(x, xo, n);
  }

  @Override
  public void maxInto(float[] x, int xo, float[] y, int yo, int n) {
    int done = VectorPointwise.maxInto(x, xo, y, yo, n);
    TAIL.maxInto(x, xo + done, y, yo + done, n - done);
  }

  @Override
  public void addRows(float[] x, int xo, int rows, int stride, float[] y, int yo, int n) {
    int done = VectorRows.addRows(x, xo, rows, stride, y, yo, n);
    TAIL.addRows(x, xo + done, rows, stride, y, yo + done, n - done);
  }

  @Override
  public void addSquaredDeviations(
      float[] x, int xo, int rows, int stride, float[] mean, int mo, float[] y, int yo, int n) {
    int done = VectorRows.addSquaredDeviations(x, xo, rows, stride, mean, mo, y, yo, n);
    TAIL.addSquaredDeviations(x, xo + done, rows, stride, mean, mo + done, y, yo + done, n - done);
  }

  @Override
  public void addCentredProducts(
      float[] a,
      int ao,
      float[] b,
      int bo,
      int rows,
      int stride,
      float[] mean,
      int mo,
      float[] y,
      int yo,
      int n) {
    int done = VectorRows.addCentredProducts(a, ao, b, bo, rows, stride, mean, mo, y, yo, n);
    TAIL.addCentredProducts(
        a, ao + done, b, bo + done, rows, stride, mean, mo + done, y, yo + done, n - done);
  }

  @Override
  public void scaleShiftRows(
      float[] x,
      int xo,
      int rows,
      int stride,
      float[] scale,
      int so,
      float[] shift,
      int ho,
      float[] y,
      int yo,
      int n) {
    int done = VectorRows.scaleShiftRows(x, xo, rows, stride, scale, so, shift, ho, y, yo, n);
    TAIL.scaleShiftRows(
        x, xo + done, rows, stride, scale, so + done, shift, ho + done, y, yo + done, n - done);
  }

  @Override
  public void combineRows(
      float[] a,
      int ao,
      float[] p,
      int po,
      float[] b,
      int bo,
      float[] mean,
      int mo,
      float[] q,
      int qo,
      float[] s,
      int so,
      int rows,
      int stride,
      float[] y,
      int yo,
      int n) {
    int done =
        VectorRows.combineRows(a, ao, p, po, b, bo, mean, mo, q, qo, s, so, rows, stride, y, yo, n);
    TAIL.combineRows(
        a, ao + done, p, po + done, b, bo + done, mean, mo + done, q, qo + done, s, so + done, rows,
        stride, y, yo + done, n - done);
  }

  @Override
  public void maxRows(float[] x, int xo, int rows, int stride, float[] y, int yo, int n) {
    int done = VectorRows.maxRows(x, xo, rows, stride, y, yo, n);
    TAIL.maxRows(x, xo + done, rows, stride, y, yo + done, n - done);
  }

  @Override
  public void flooredExpRows(
      float scale,
      float[] shift,
      int ho,
      float[] x,
      int xo,
      int rows,
      int stride,
      float[] sums,
      int so,
      int n) {
    int done = VectorWidth.SPECIES.loopBound(n);
    for (int j = 0; j < done; j += VectorWidth.LENGTH) {
      VectorExponential.flooredExpRows(scale, shift, ho + j, x, xo + j, rows, stride, sums, so + j);
    }
    TAIL.flooredExpRows(
        scale, shift, ho + done, x, xo + done, rows, stride, sums, so + done, n - done);
  }

  @Override
  public void softmaxGradientRows(
      float[] probabilities,
      int po,
      float[] shift,
      int ho,
      float[] gy,
      int go,
      int rows,
      int stride,
      int n) {
    int done =
        VectorRows.softmaxGradientRows(probabilities, po, shift, ho, gy, go, rows, stride, n);
    TAIL.softmaxGradientRows(
        probabilities, po + done, shift, ho + done, gy, go + done, rows, stride, n - done);
  }

  @Override
  public void scaleRows(float[] factor, int fo, float[] x, int xo, int rows, int stride, int n) {
    int done = VectorRows.scaleRows(factor, fo, x, xo, rows, stride, n);
    TAIL.scaleRows(factor, fo, x, xo + done, rows, stride, n - done);
  }

  @Override
  public float expSum(float scale, float shift, float[] x, int xo, float[] y, int yo, int n) {
    // In two passes: the short second one leaves the registers to the exponential.
    int done = VectorExponential.exp(scale, shift, x, xo, y, yo, n);
    for (int i = done; i < n; i++) {
      y[yo + i] = ScalarMath.exp(Math.fma(scale, x[xo + i], -shift));
    }
    return VectorReductions.sum(y, yo, n);
  }

  @Override
  public void softmaxGradient(
      float shift, float[] probabilities, int po, float[] gy, int go, float[] gx, int xo, int n) {
    int done = VectorPointwise.softmaxGradient(shift, probabilities, po, gy, go, gx, xo, n);
    TAIL.softmaxGradient(shift, probabilities, po + done, gy, go + done, gx, xo + done, n - done);
  }

  @Override
  public void adam(
      AdamCoefficients c,
      float[] g,
      int go,
      float[] p,
      int po,
      float[] m,
      int mo,
      float[] v,
      int vo,
      int n) {
    int done = VectorPointwise.adam(c, g, go, p, po, m, mo, v, vo, n);
    TAIL.adam(c, g, go + done, p, po + done, m, mo + done, v, vo + done, n - done);
  }

  @Override
  public void lerp(float weight, float[] x, int xo, float[] average, int ao, int n) {
    int done = VectorPointwise.lerp(weight, x, xo, average, ao, n);
    TAIL.lerp(weight, x, xo + done, average, ao + done, n - done);
  }

  @Override
  public void uniform(
      long key, long stream, long position, float[] y, int yo, int n, float[] scratch, int so) {
    int done = VectorPhilox.uniform(key, stream, position / Philox.WORDS, y, yo, n, scratch, so);
    Philox.uniform(key, stream, position + done, y, yo + done, n - done);
  }

  @Override
  public void normal(
      long key, long stream, long position, float[] y, int yo, int n, float[] scratch, int so) {
    int done = VectorPhilox.normal(key, stream, position / Philox.WORDS, y, yo, n, scratch, so);
    Philox.normal(key, stream, position + done, y, yo + done, n - done);
  }
}
