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
    return between(FeatureStatistics.of(a), FeatureStatistics.of(b));
  }

  /**
   * The distance by statistics.
   *
   * @param a statistics of one set
   * @param b statistics of the other
   * @return the squared distance, at least 0 but for rounding
   * @throws IllegalArgumentException if the dimensions differ
   */
  public static double between(FeatureStatistics a, FeatureStatistics b) {
    if (a.dimensions() != b.dimensions()) {
      throw new IllegalArgumentException(
          "statistics of "
              + a.dimensions()
              + " and of "
              + b.dimensions()
              + " dimensions cannot be compared; use one extractor for both");
    }
    return between(a.mean(), a.rows(), b.mean(), b.rows());
  }

  /** The distance of two normal laws. */
  static double between(double[] ma, double[][] ca, double[] mb, double[][] cb) {
    // The eigenvalues of C₁C₂ = RᵀR C₂ are those of R C₂ Rᵀ, which is symmetric, and zeros.
    double[][] product = SymmetricMatrix.congruent(SymmetricMatrix.factor(ca), cb);
    double distance = 0;
    for (int i = 0; i < ma.length; i++) {
      double off = ma[i] - mb[i];
      distance += off * off + ca[i][i] + cb[i][i];
    }
    for (double eigenvalue : SymmetricMatrix.eigenvalues(product)) {
      distance -= 2 * Math.sqrt(Math.max(0, eigenvalue));
    }
    return distance;
  }
}
