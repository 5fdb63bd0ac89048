package ornstein.engine.internal.scalar;

/**
 * The one-dimensional transforms of Winograd's F(2,3) on single numbers, the definition of what is
 * rounded where; see {@link ornstein.engine.kernel.Winograd} for the matrices. Element i is at xo +
 * i·xs, and goes to yo + i·ys.
 */
public final class ScalarWinograd2 {
  private ScalarWinograd2() {}

  /** Bᵀ of F(2,3). */
  public static void input(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    float x2 = x[xo + 2 * xs];
    float x3 = x[xo + 3 * xs];
    y[yo] = x0 - x2;
    y[yo + ys] = x1 + x2;
    y[yo + 2 * ys] = x2 - x1;
    y[yo + 3 * ys] = x1 - x3;
  }

  /** Aᵀ of F(2,3). */
  public static void output(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    float x2 = x[xo + 2 * xs];
    float x3 = x[xo + 3 * xs];
    y[yo] = x0 + x1 + x2;
    y[yo + ys] = x1 - x2 - x3;
  }

  /** G of F(2,3). */
  public static void weight(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    float x2 = x[xo + 2 * xs];
    float p = x0 + x2;
    y[yo] = x0;
    y[yo + ys] = (p + x1) * 0.5f;
    y[yo + 2 * ys] = (p - x1) * 0.5f;
    y[yo + 3 * ys] = x2;
  }

  /** A of F(2,3). */
  public static void gradient(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    y[yo] = x0;
    y[yo + ys] = x0 + x1;
    y[yo + 2 * ys] = x0 - x1;
    y[yo + 3 * ys] = -x1;
  }

  /** Gᵀ of F(2,3). */
  public static void weightGradient(float[] x, int xo, int xs, float[] y, int yo, int ys) {
    float x0 = x[xo];
    float x1 = x[xo + xs];
    float x2 = x[xo + 2 * xs];
    float x3 = x[xo + 3 * xs];
    float p = x1 + x2;
    y[yo] = Math.fma(p, 0.5f, x0);
    y[yo + ys] = (x1 - x2) * 0.5f;
    y[yo + 2 * ys] = Math.fma(p, 0.5f, x3);
  }
}
