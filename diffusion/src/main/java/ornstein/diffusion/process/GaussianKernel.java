package ornstein.diffusion.process;

/**
 * The Gaussian transition x ↦ N(scale · x, variance · I) of the forward process: a single noising
 * step, several at once, or the marginal q(x<sub>t</sub>|x<sub>0</sub>).
 *
 * @param scale the factor on the mean
 * @param variance the variance of each coordinate, at least 0
 */
public record GaussianKernel(double scale, double variance) {

  /**
   * The kernel of this transition followed by another (Ho et al. 2020, equation 4 by induction).
   *
   * @param next the transition applied to this one's result
   * @return N(next.scale · scale · x, next.scale² · variance + next.variance)
   */
  public GaussianKernel then(GaussianKernel next) {
    return new GaussianKernel(
        next.scale * scale, next.scale * next.scale * variance + next.variance);
  }

  /**
   * The noise that a sample of the marginal contains.
   *
   * @return the coefficients of x<sub>t</sub> and x<sub>0</sub>: ε = (x<sub>t</sub> − scale ·
   *     x<sub>0</sub>)/√variance
   */
  public Combination noise() {
    double deviation = Math.sqrt(variance);
    return new Combination(1 / deviation, -scale / deviation);
  }

  /**
   * How far the mean of x<sub>0</sub> moves with the score of a sample of the marginal (Tweedie's
   * formula: E[x<sub>0</sub>|x<sub>t</sub>] = (x<sub>t</sub> + variance · score)/scale).
   *
   * @return variance/scale, ∞ without signal
   */
  public double startPerScore() {
    return variance / scale;
  }
}
