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
}
