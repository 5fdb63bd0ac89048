package ornstein.diffusion.process;

import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

/** The forward process on tensors: noises clean samples to any step at once. */
public final class ForwardProcess {
  private final GaussianDiffusion diffusion;
  private final Combination.Table marginal;

  /**
   * The forward process of a diffusion.
   *
   * @param diffusion its coefficients
   */
  public ForwardProcess(GaussianDiffusion diffusion) {
    this.diffusion = diffusion;
    this.marginal =
        new Combination.Table(
            diffusion.steps(),
            t -> {
              GaussianKernel kernel = diffusion.marginal(t);
              return new Combination(kernel.scale(), Math.sqrt(kernel.variance()));
            });
  }

  /**
   * The coefficients.
   *
   * @return the diffusion
   */
  public GaussianDiffusion diffusion() {
    return diffusion;
  }

  /**
   * Draws from q(x<sub>t</sub>|x<sub>0</sub>): √ᾱ<sub>t</sub> x<sub>0</sub> + √(1−ᾱ<sub>t</sub>) ε
   * (Ho et al. 2020, equation 4).
   *
   * @param start x<sub>0</sub>, clean samples [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param noise ε, standard normal, of the samples' shape
   * @return x<sub>t</sub>, of the samples' shape
   * @throws ShapeException if the shapes do not fit
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public Tensor sample(Tensor start, Tensor step, Tensor noise) {
    if (!start.shape().equals(noise.shape())) {
      throw new ShapeException(
          "noise " + noise.shape() + " must have the samples' shape " + start.shape());
    }
    return marginal.of(step, start, noise);
  }
}
