package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.VectorOperators.GT;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Loops over the columns of a matrix whose rows lie {@code stride} apart. Sums run down all rows, a
 * block of columns after the other, with the partial sums in registers: rows are short (channels)
 * and many (pixels). What writes a matrix goes row by row: strided stores cost two to four times as
 * much beyond the caches. Each handles the leading whole vectors of the columns and returns the
 * number of columns handled.
 */
final class VectorRows {
  /** Columns of a wide block: enough chains to hide the latency of an addition. */
  private static final int WIDE = 4 * LENGTH;

  private VectorRows() {}

  static int addRows(float[] x, int xo, int rows, int stride, float[] y, int yo, int n) {
    int j = 0;
    for (; j + WIDE <= n; j += WIDE) {
      FloatVector s0 = fromArray(SPECIES, y, yo + j);
      FloatVector s1 = fromArray(SPECIES, y, yo + j + LENGTH);
      FloatVector s2 = fromArray(SPECIES, y, yo + j + 2 * LENGTH);
      FloatVector s3 = fromArray(SPECIES, y, yo + j + 3 * LENGTH);
      for (int r = 0; r < rows; r++) {
        int at = xo + r * stride + j;
        s0 = s0.add(fromArray(SPECIES, x, at));
        s1 = s1.add(fromArray(SPECIES, x, at + LENGTH));
        s2 = s2.add(fromArray(SPECIES, x, at + 2 * LENGTH));
        s3 = s3.add(fromArray(SPECIES, x, at + 3 * LENGTH));
      }
      s0.intoArray(y, yo + j);
      s1.intoArray(y, yo + j + LENGTH);
      s2.intoArray(y, yo + j + 2 * LENGTH);
      s3.intoArray(y, yo + j + 3 * LENGTH);
    }
    for (; j + LENGTH <= n; j += LENGTH) {
      FloatVector s = fromArray(SPECIES, y, yo + j);
      for (int r = 0; r < rows; r++) {
        s = s.add(fromArray(SPECIES, x, xo + r * stride + j));
      }
      s.intoArray(y, yo + j);
    }
    return j;
  }

  static int addSquaredDeviations(
      float[] x, int xo, int rows, int stride, float[] mean, int mo, float[] y, int yo, int n) {
    int j = 0;
    for (; j + WIDE <= n; j += WIDE) {
      FloatVector m0 = fromArray(SPECIES, mean, mo + j);
      FloatVector m1 = fromArray(SPECIES, mean, mo + j + LENGTH);
      FloatVector m2 = fromArray(SPECIES, mean, mo + j + 2 * LENGTH);
      FloatVector m3 = fromArray(SPECIES, mean, mo + j + 3 * LENGTH);
      FloatVector s0 = fromArray(SPECIES, y, yo + j);
      FloatVector s1 = fromArray(SPECIES, y, yo + j + LENGTH);
      FloatVector s2 = fromArray(SPECIES, y, yo + j + 2 * LENGTH);
      FloatVector s3 = fromArray(SPECIES, y, yo + j + 3 * LENGTH);
      for (int r = 0; r < rows; r++) {
        int at = xo + r * stride + j;
        FloatVector d0 = fromArray(SPECIES, x, at).sub(m0);
        FloatVector d1 = fromArray(SPECIES, x, at + LENGTH).sub(m1);
        FloatVector d2 = fromArray(SPECIES, x, at + 2 * LENGTH).sub(m2);
        FloatVector d3 = fromArray(SPECIES, x, at + 3 * LENGTH).sub(m3);
        s0 = d0.fma(d0, s0);
        s1 = d1.fma(d1, s1);
        s2 = d2.fma(d2, s2);
        s3 = d3.fma(d3, s3);
      }
      s0.intoArray(y, yo + j);
      s1.intoArray(y, yo + j + LENGTH);
      s2.intoArray(y, yo + j + 2 * LENGTH);
      s3.intoArray(y, yo + j + 3 * LENGTH);
    }
    for (; j + LENGTH <= n; j += LENGTH) {
      FloatVector m = fromArray(SPECIES, mean, mo + j);
      FloatVector s = fromArray(SPECIES, y, yo + j);
      for (int r = 0; r < rows; r++) {
        FloatVector d = fromArray(SPECIES, x, xo + r * stride + j).sub(m);
        s = d.fma(d, s);
      }
      s.intoArray(y, yo + j);
    }
    return j;
  }

  static int addCentredProducts(
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
    int j = 0;
    for (; j + WIDE <= n; j += WIDE) {
      FloatVector m0 = fromArray(SPECIES, mean, mo + j);
      FloatVector m1 = fromArray(SPECIES, mean, mo + j + LENGTH);
      FloatVector m2 = fromArray(SPECIES, mean, mo + j + 2 * LENGTH);
      FloatVector m3 = fromArray(SPECIES, mean, mo + j + 3 * LENGTH);
      FloatVector s0 = fromArray(SPECIES, y, yo + j);
      FloatVector s1 = fromArray(SPECIES, y, yo + j + LENGTH);
      FloatVector s2 = fromArray(SPECIES, y, yo + j + 2 * LENGTH);
      FloatVector s3 = fromArray(SPECIES, y, yo + j + 3 * LENGTH);
      for (int r = 0; r < rows; r++) {
        int u = ao + r * stride + j;
        int v = bo + r * stride + j;
        FloatVector d0 = fromArray(SPECIES, b, v).sub(m0);
        s0 = fromArray(SPECIES, a, u).fma(d0, s0);
        FloatVector d1 = fromArray(SPECIES, b, v + LENGTH).sub(m1);
        s1 = fromArray(SPECIES, a, u + LENGTH).fma(d1, s1);
        FloatVector d2 = fromArray(SPECIES, b, v + 2 * LENGTH).sub(m2);
        s2 = fromArray(SPECIES, a, u + 2 * LENGTH).fma(d2, s2);
        FloatVector d3 = fromArray(SPECIES, b, v + 3 * LENGTH).sub(m3);
        s3 = fromArray(SPECIES, a, u + 3 * LENGTH).fma(d3, s3);
      }
      s0.intoArray(y, yo + j);
      s1.intoArray(y, yo + j + LENGTH);
      s2.intoArray(y, yo + j + 2 * LENGTH);
      s3.intoArray(y, yo + j + 3 * LENGTH);
    }
    for (; j + LENGTH <= n; j += LENGTH) {
      FloatVector m = fromArray(SPECIES, mean, mo + j);
      FloatVector s = fromArray(SPECIES, y, yo + j);
      for (int r = 0; r < rows; r++) {
        FloatVector d = fromArray(SPECIES, b, bo + r * stride + j).sub(m);
        s = fromArray(SPECIES, a, ao + r * stride + j).fma(d, s);
      }
      s.intoArray(y, yo + j);
    }
    return j;
  }

  static int scaleShiftRows(
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
    int end = SPECIES.loopBound(n);
    for (int r = 0; r < rows; r++) {
      int from = xo + r * stride;
      int to = yo + r * stride;
      for (int j = 0; j < end; j += LENGTH) {
        FloatVector a = fromArray(SPECIES, scale, so + j);
        FloatVector b = fromArray(SPECIES, shift, ho + j);
        fromArray(SPECIES, x, from + j).fma(a, b).intoArray(y, to + j);
      }
    }
    return end;
  }

  static int combineRows(
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
    int end = SPECIES.loopBound(n);
    for (int r = 0; r < rows; r++) {
      int row = r * stride;
      for (int j = 0; j < end; j += LENGTH) {
        FloatVector u = fromArray(SPECIES, q, qo + j);
        FloatVector v = fromArray(SPECIES, s, so + j);
        FloatVector m = fromArray(SPECIES, mean, mo + j);
        FloatVector t = fromArray(SPECIES, b, bo + row + j).sub(m).fma(u, v);
        FloatVector w = fromArray(SPECIES, p, po + j);
        fromArray(SPECIES, a, ao + row + j).fma(w, t).intoArray(y, yo + row + j);
      }
    }
    return end;
  }

  static int maxRows(float[] x, int xo, int rows, int stride, float[] y, int yo, int n) {
    int j = 0;
    for (; j + WIDE <= n; j += WIDE) {
      FloatVector m0 = fromArray(SPECIES, y, yo + j);
      FloatVector m1 = fromArray(SPECIES, y, yo + j + LENGTH);
      FloatVector m2 = fromArray(SPECIES, y, yo + j + 2 * LENGTH);
      FloatVector m3 = fromArray(SPECIES, y, yo + j + 3 * LENGTH);
      for (int r = 0; r < rows; r++) {
        int at = xo + r * stride + j;
        FloatVector x0 = fromArray(SPECIES, x, at);
        FloatVector x1 = fromArray(SPECIES, x, at + LENGTH);
        FloatVector x2 = fromArray(SPECIES, x, at + 2 * LENGTH);
        FloatVector x3 = fromArray(SPECIES, x, at + 3 * LENGTH);
        m0 = m0.blend(x0, x0.compare(GT, m0));
        m1 = m1.blend(x1, x1.compare(GT, m1));
        m2 = m2.blend(x2, x2.compare(GT, m2));
        m3 = m3.blend(x3, x3.compare(GT, m3));
      }
      m0.intoArray(y, yo + j);
      m1.intoArray(y, yo + j + LENGTH);
      m2.intoArray(y, yo + j + 2 * LENGTH);
      m3.intoArray(y, yo + j + 3 * LENGTH);
    }
    for (; j + LENGTH <= n; j += LENGTH) {
      FloatVector m = fromArray(SPECIES, y, yo + j);
      for (int r = 0; r < rows; r++) {
        FloatVector v = fromArray(SPECIES, x, xo + r * stride + j);
        m = m.blend(v, v.compare(GT, m));
      }
      m.intoArray(y, yo + j);
    }
    return j;
  }

  static int softmaxGradientRows(
      float[] probabilities,
      int po,
      float[] shift,
      int ho,
      float[] gy,
      int go,
      int rows,
      int stride,
      int n) {
    int end = SPECIES.loopBound(n);
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < end; j += LENGTH) {
        int at = r * stride + j;
        fromArray(SPECIES, probabilities, po + at)
            .mul(fromArray(SPECIES, gy, go + at).sub(fromArray(SPECIES, shift, ho + j)))
            .intoArray(gy, go + at);
      }
    }
    return end;
  }

  static int scaleRows(float[] factor, int fo, float[] x, int xo, int rows, int stride, int n) {
    int end = SPECIES.loopBound(n);
    for (int r = 0; r < rows; r++) {
      FloatVector f = FloatVector.broadcast(SPECIES, factor[fo + r]);
      for (int j = 0; j < end; j += LENGTH) {
        int at = xo + r * stride + j;
        fromArray(SPECIES, x, at).mul(f).intoArray(x, at);
      }
    }
    return end;
  }
}
