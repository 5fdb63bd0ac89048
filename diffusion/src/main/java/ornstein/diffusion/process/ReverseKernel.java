package ornstein.diffusion.process;

/**
 * One reverse step q<sub>σ</sub>(x<sub>s</sub>|x<sub>t</sub>, x<sub>0</sub>) = N(κ x<sub>t</sub> +
 * λ x<sub>0</sub>, σ² I), s &lt; t (Song et al. 2021, "Denoising Diffusion Implicit Models",
 * equation 7, written in x<sub>0</sub>). A sampler puts the prediction x̂<sub>0</sub> in the place
 * of x<sub>0</sub>; the ancestral step and every DDIM step have this form.
 *
 * @param kappa κ, the coefficient of x<sub>t</sub>
 * @param lambda λ, the coefficient of x<sub>0</sub>
 * @param sigma σ, the standard deviation of the fresh noise, at least 0
 */
public record ReverseKernel(double kappa, double lambda, double sigma) {

  /**
   * The variance of the fresh noise.
   *
   * @return σ²
   */
  public double variance() {
    return sigma * sigma;
  }

  /**
   * The law of x<sub>s</sub> given x<sub>0</sub> when x<sub>t</sub> has a given one: N((κ·scale +
   * λ) x<sub>0</sub>, κ²·variance + σ²). Marginals are preserved if this maps q(x<sub>t</sub>|
   * x<sub>0</sub>) to q(x<sub>s</sub>|x<sub>0</sub>).
   *
   * @param atT the law of x<sub>t</sub> given x<sub>0</sub>
   * @return the law of x<sub>s</sub> given x<sub>0</sub>
   */
  public GaussianKernel applyTo(GaussianKernel atT) {
    return new GaussianKernel(
        kappa * atT.scale() + lambda, kappa * kappa * atT.variance() + sigma * sigma);
  }
}
