package ornstein.engine.internal;

import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Unary;

/**
 * Single-threaded loops over ranges of heap arrays. The scalar implementation is the oracle; the
 * vector one must give the same bits.
 */
public interface Loops {
  /** y[0..n) = f(x[0..n)), from the given offsets. */
  void unary(Unary f, float[] x, int xo, float[] y, int yo, int n);

  /** gx = gy · f′(x). */
  void unaryGradient(Unary f, float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n);

  /** y[i] = f(a[ao + i·as], b[bo + i·bs]); as and bs are 0 or 1. */
  void binary(
      Binary f, float[] a, int ao, int as, float[] b, int bo, int bs, float[] y, int yo, int n);

  /** y = fma(scale, x, shift). */
  void affine(float scale, float shift, float[] x, int xo, float[] y, int yo, int n);

  /** y = min(max(x, low), high). */
  void clamp(float low, float high, float[] x, int xo, float[] y, int yo, int n);

  /** gx = low ≤ x ≤ high ? gy : 0. */
  void clampGradient(
      float low, float high, float[] x, int xo, float[] gy, int go, float[] gx, int ro, int n);

  /** The sum of n contiguous elements in 16 interleaved lanes, then a binary tree (8, 4, 2, 1). */
  float sum(float[] x, int xo, int n);

  /** Σ a·b: fma in 16 interleaved lanes, then the same tree. */
  float dot(float[] a, int ao, float[] b, int bo, int n);

  /** Σ (x − mean)² in the same lanes: d = x − mean, acc = fma(d, d, acc). */
  float squaredDeviations(float mean, float[] x, int xo, int n);

  /** The maximum of n ≥ 1 contiguous elements; NaN if any is. */
  float max(float[] x, int xo, int n);

  /** y[i] = max(y[i], x[i]), NaN if either is. */
  void maxInto(float[] x, int xo, float[] y, int yo, int n);

  /** y[j] += x[r·stride + j] for r = 0 … rows−1 in order. */
  void addRows(float[] x, int xo, int rows, int stride, float[] y, int yo, int n);

  /** y[j] += (x[r·stride + j] − mean[j])² as fma(d, d, y), for r in order. */
  void addSquaredDeviations(
      float[] x, int xo, int rows, int stride, float[] mean, int mo, float[] y, int yo, int n);

  /** y[j] = fma(a[r·stride + j], b[r·stride + j] − mean[j], y[j]) for r in order. */
  void addCentredProducts(
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
      int n);

  /** y[r·stride + j] = fma(x[r·stride + j], scale[j], shift[j]). */
  void scaleShiftRows(
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
      int n);

  /** y[r,j] = fma(a[r,j], p[j], fma(b[r,j] − mean[j], q[j], s[j])), rows {@code stride} apart. */
  void combineRows(
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
      int n);

  /** y[j] = x[r·stride + j] where that is greater, for r in order; NaN is not. */
  void maxRows(float[] x, int xo, int rows, int stride, float[] y, int yo, int n);

  /**
   * x[r·stride + j] = exp(fma(scale, x, −shift[j])), but no argument counts as less than −87, whose
   * exponential is 10⁻³⁸ already: for arguments not above 0, and weights that are relative to one
   * of about 1. sums[j] becomes their sum over r in order.
   */
  void flooredExpRows(
      float scale,
      float[] shift,
      int ho,
      float[] x,
      int xo,
      int rows,
      int stride,
      float[] sums,
      int so,
      int n);

  /** gy[r·stride + j] = probabilities[r·stride + j] · (gy − shift[j]). */
  void softmaxGradientRows(
      float[] probabilities,
      int po,
      float[] shift,
      int ho,
      float[] gy,
      int go,
      int rows,
      int stride,
      int n);

  /** x[r·stride + j] = factor[r] · x. */
  void scaleRows(float[] factor, int fo, float[] x, int xo, int rows, int stride, int n);

  /** y = exp(fma(scale, x, −shift)), returning the sum of y in 16 lanes and the tree. */
  float expSum(float scale, float shift, float[] x, int xo, float[] y, int yo, int n);

  /** y = y0·(g − shift), where y0 are probabilities: the softmax gradient of one row. */
  void softmaxGradient(
      float shift, float[] probabilities, int po, float[] gy, int go, float[] gx, int xo, int n);

  /** One Adam step on a range; see {@link ornstein.engine.kernel.Kernels#adam}. */
  void adam(
      AdamCoefficients c,
      float[] g,
      int go,
      float[] p,
      int po,
      float[] m,
      int mo,
      float[] v,
      int vo,
      int n);

  /** average = fma(weight, x − average, average). */
  void lerp(float weight, float[] x, int xo, float[] average, int ao, int n);

  /** The most elements of a random fill, and the scratch that it needs. */
  int RANDOM_PIECE = 4_096;

  /**
   * Uniform numbers, n at most RANDOM_PIECE; see {@link
   * ornstein.engine.internal.scalar.Philox#uniform}.
   */
  void uniform(
      long key, long stream, long position, float[] y, int yo, int n, float[] scratch, int so);

  /**
   * Normal numbers, n at most RANDOM_PIECE; see {@link
   * ornstein.engine.internal.scalar.Philox#normal}.
   */
  void normal(
      long key, long stream, long position, float[] y, int yo, int n, float[] scratch, int so);
}
