package ornstein.diffusion.eval;

/**
 * The kernel distance: the unbiased estimate of the squared maximum mean discrepancy under the
 * kernel (x·y/D + 1)³ (Bińkowski et al. 2018, "Demystifying MMD GANs", section 4; with Inception's
 * features it is KID). Its expectation is 0 for equal laws; the estimate may be below.
 */
public final class KernelDistance {
  private KernelDistance() {}

  /**
   * The distance.
   *
   * @param a features of one set, at least 2 samples
   * @param b features of the other, at least 2 samples
   * @return the squared discrepancy
   * @throws IllegalArgumentException if the dimensions differ or there are too few samples
   */
  public static double between(Features a, Features b) {
    Features.requireComparable(a, b, 2);
    double cross = 0;
    for (int i = 0; i < a.count(); i++) {
      for (int j = 0; j < b.count(); j++) {
        cross += kernel(a, i, b, j);
      }
    }
    return within(a) + within(b) - 2 * cross / ((double) a.count() * b.count());
  }

  /** The mean over pairs of different samples. */
  private static double within(Features x) {
    double sum = 0;
    for (int i = 0; i < x.count(); i++) {
      for (int j = 0; j < i; j++) {
        sum += kernel(x, i, x, j);
      }
    }
    return 2 * sum / ((double) x.count() * (x.count() - 1));
  }

  private static double kernel(Features x, int i, Features y, int j) {
    double k = x.product(i, y, j) / x.dimensions() + 1;
    return k * k * k;
  }
}
