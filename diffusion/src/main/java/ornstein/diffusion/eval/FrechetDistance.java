package ornstein.diffusion.eval;

/**
 * The Fréchet distance of two normal laws with the means and covariances of two sets of features:
 * ‖m₁ − m₂‖² + tr(C₁ + C₂ − 2 (C₁C₂)^½) (Heusel et al. 2017, "GANs Trained by a Two Time-Scale
 * Update Rule", section 2; with Inception's features it is FID). State the extractor, the reference
 * and the number of samples beside it: it depends on all three.
 */
public final class FrechetDistance {
  private FrechetDistance() {}

  /**
   * The distance.
   *
   * @param a features of one set, at least 2 samples
   * @param b features of the other, at least 2 samples
   * @return the squared distance, at least 0 but for rounding
   * @throws IllegalArgumentException if the dimensions differ or there are too few samples
   */
  public static double between(Features a, Features b) {
    Features.requireComparable(a, b, 2);
    double[] ma = mean(a);
    double[] mb = mean(b);
    double[][] ca = covariance(a, ma);
    double[][] cb = covariance(b, mb);
    return between(ma, ca, mb, cb);
  }

  /** The distance of two normal laws. */
  static double between(double[] ma, double[][] ca, double[] mb, double[][] cb) {
    // tr (C₁C₂)^½ = tr (C₁^½ C₂ C₁^½)^½, which is symmetric.
    double[][] root = SymmetricMatrix.root(ca);
    double[][] product = SymmetricMatrix.multiply(SymmetricMatrix.multiply(root, cb), root);
    double distance = 0;
    double[][] eigen = symmetric(product);
    SymmetricMatrix.diagonalize(eigen);
    for (int i = 0; i < ma.length; i++) {
      double off = ma[i] - mb[i];
      distance += off * off + ca[i][i] + cb[i][i] - 2 * Math.sqrt(Math.max(0, eigen[i][i]));
    }
    return distance;
  }

  private static double[][] symmetric(double[][] a) {
    double[][] s = new double[a.length][a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        s[i][j] = 0.5 * (a[i][j] + a[j][i]);
      }
    }
    return s;
  }

  private static double[] mean(Features x) {
    double[] mean = new double[x.dimensions()];
    for (int i = 0; i < x.count(); i++) {
      for (int d = 0; d < mean.length; d++) {
        mean[d] += x.at(i, d) / x.count();
      }
    }
    return mean;
  }

  private static double[][] covariance(Features x, double[] mean) {
    int n = mean.length;
    double[][] c = new double[n][n];
    for (int i = 0; i < x.count(); i++) {
      for (int p = 0; p < n; p++) {
        double off = (x.at(i, p) - mean[p]) / (x.count() - 1);
        for (int q = 0; q < n; q++) {
          c[p][q] += off * (x.at(i, q) - mean[q]);
        }
      }
    }
    return c;
  }
}
