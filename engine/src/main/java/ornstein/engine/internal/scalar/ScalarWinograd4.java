package ornstein.engine.internal.scalar;

/**
 * The one-dimensional transforms of Winograd's F(4,3) on single numbers, the definition of what is
 * rounded where; see {@link ornstein.engine.kernel.Winograd} for the matrices. Element i is at xo +
 * i·xs, and goes to yo + i·ys.
 */
public final class ScalarWinograd4 {
  private ScalarWinograd4() {}

  /** Bᵀ of F(4,3). */
  public static void input(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    float x2 = x[xo + 2 * xs];
    float x3 = x[xo + 3 * xs];
    float x4 = x[xo + 4 * xs];
    float x5 = x[xo + 5 * xs];
    float p = Math.fma(x2, -4f, x4);
    float q = Math.fma(x1, -4f, x3);
    float r = x4 - x2;
    float s = x3 - x1;
    y[yo] = Math.fma(x2, -5f, Math.fma(x0, 4f, x4));
    y[yo + ys] = p + q;
    y[yo + 2 * ys] = p - q;
    y[yo + 3 * ys] = Math.fma(s, 2f, r);
    y[yo + 4 * ys] = Math.fma(s, -2f, r);
    y[yo + 5 * ys] = Math.fma(x3, -5f, Math.fma(x1, 4f, x5));
  }

  /** Aᵀ of F(4,3). */
  public static void output(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    float x2 = x[xo + 2 * xs];
    float x3 = x[xo + 3 * xs];
    float x4 = x[xo + 4 * xs];
    float x5 = x[xo + 5 * xs];
    float p = x1 + x2;
    float q = x1 - x2;
    float r = x3 + x4;
    float s = x3 - x4;
    y[yo] = x0 + p + r;
    y[yo + ys] = Math.fma(s, 2f, q);
    y[yo + 2 * ys] = Math.fma(r, 4f, p);
    y[yo + 3 * ys] = Math.fma(s, 8f, q) + x5;
  }

  /** G of F(4,3). */
  public static void weight(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    float x2 = x[xo + 2 * xs];
    float p = x0 + x2;
    float q = Math.fma(x0, 1f / 24f, x2 * (1f / 6f));
    float r = x1 * (1f / 12f);
    y[yo] = x0 * 0.25f;
    y[yo + ys] = (p + x1) * (-1f / 6f);
    y[yo + 2 * ys] = (p - x1) * (-1f / 6f);
    y[yo + 3 * ys] = q + r;
    y[yo + 4 * ys] = q - r;
    y[yo + 5 * ys] = x2;
  }

  /** A of F(4,3). */
  public static void gradient(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    float x2 = x[xo + 2 * xs];
    float x3 = x[xo + 3 * xs];
    float p = x0 + x2;
    float q = x1 + x3;
    float r = Math.fma(x2, 4f, x0);
    float s = Math.fma(x3, 8f, x1 * 2f);
    y[yo] = x0;
    y[yo + ys] = p + q;
    y[yo + 2 * ys] = p - q;
    y[yo + 3 * ys] = r + s;
    y[yo + 4 * ys] = r - s;
    y[yo + 5 * ys] = x3;
  }

  /** Gᵀ of F(4,3). */
  public static void weightGradient(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    float x2 = x[xo + 2 * xs];
    float x3 = x[xo + 3 * xs];
    float x4 = x[xo + 4 * xs];
    float x5 = x[xo + 5 * xs];
    float p = x1 + x2;
    float q = x2 - x1;
    float r = x3 + x4;
    float s = x3 - x4;
    y[yo] = Math.fma(r, 1f / 24f, Math.fma(p, -1f / 6f, x0 * 0.25f));
    y[yo + ys] = Math.fma(s, 1f / 12f, q * (1f / 6f));
    y[yo + 2 * ys] = ((r - p) * (1f / 6f)) + x5;
  }
}
