package ornstein.diffusion.eval;

/**
 * exp E KL(p(y|x) ‖ p(y)) of a classifier's probabilities: high where each image is clearly of a
 * class and all classes occur (Salimans et al. 2016, "Improved Techniques for Training GANs",
 * section 4).
 */
public final class InceptionScore {
  private InceptionScore() {}

  /**
   * The score.
   *
   * @param probabilities the classifier's probabilities of each image, [N] vectors of K classes
   *     that sum to 1
   * @return the score, from 1 to K
   * @throws IllegalArgumentException if a vector is no distribution
   */
  public static double of(Features probabilities) {
    int classes = probabilities.dimensions();
    double[] marginal = new double[classes];
    for (int i = 0; i < probabilities.count(); i++) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        double p = probabilities.at(i, k);
        sum += p;
        marginal[k] += p / probabilities.count();
        if (p < 0) {
          sum = Double.NaN;
        }
      }
      if (!(Math.abs(sum - 1) < 1e-3)) {
        throw new IllegalArgumentException(
            "the probabilities of sample " + i + " are none: they must be at least 0 and sum to 1");
      }
    }
    double divergence = 0;
    for (int i = 0; i < probabilities.count(); i++) {
      for (int k = 0; k < classes; k++) {
        double p = probabilities.at(i, k);
        if (p > 0) {
          divergence += p * StrictMath.log(p / marginal[k]) / probabilities.count();
        }
      }
    }
    return StrictMath.exp(divergence);
  }
}
