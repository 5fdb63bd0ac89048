package ornstein.diffusion.sampler;

import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.ReverseKernel;

/**
 * Chooses the reverse step x<sub>s</sub> = κ x<sub>t</sub> + λ x̂<sub>0</sub> + σ z between two
 * neighbours of a chain: the σ-family of DDIM, and the ancestral steps that do not belong to it
 * (Song et al. 2021, sections 3 and 4.1).
 *
 * <p>Families are values: equal ones make equal steps.
 */
public interface ReverseFamily {

  /**
   * The reverse step.
   *
   * @param diffusion the chain
   * @param t the later step, 1 to T
   * @param s the earlier step, 0 to t−1
   * @return its coefficients; σ = 0 at s = 0
   */
  ReverseKernel step(GaussianDiffusion diffusion, int t, int s);

  /**
   * Whether a step takes fresh noise.
   *
   * @return false if σ is 0 in every step
   */
  boolean isStochastic();

  /**
   * σ = η √((1−ᾱ<sub>s</sub>)/(1−ᾱ<sub>t</sub>)) √(1−ᾱ<sub>t</sub>/ᾱ<sub>s</sub>) (Song et al.
   * 2021, equation 16).
   *
   * @param eta η, from 0 (deterministic) to 1 (the posterior)
   * @return the family
   * @throws IllegalArgumentException if η is outside [0, 1]
   */
  static ReverseFamily eta(double eta) {
    return new Eta(eta);
  }

  /**
   * σ² = β̃, the posterior's: DDPM with the small variance.
   *
   * @return the family, {@code eta(1)}
   */
  static ReverseFamily posterior() {
    return new Eta(1);
  }

  /**
   * σ̂ = √(1−ᾱ<sub>t</sub>/ᾱ<sub>s</sub>) around the posterior's mean (Song et al. 2021, section
   * 5): σ² = β<sub>t</sub>, DDPM with the large variance. More noise than the marginals have room
   * for, so that they are not preserved; poor on short chains.
   *
   * @return the family
   */
  static ReverseFamily sigmaHat() {
    return new SigmaHat();
  }

  /**
   * Any σ that the marginals allow.
   *
   * @param sigma σ between neighbours
   * @return the family; its steps are refused where σ exceeds √(1−ᾱ<sub>s</sub>)
   */
  static ReverseFamily sigma(Sigma sigma) {
    return new Free(sigma);
  }

  /** A standard deviation for each pair of steps. */
  @FunctionalInterface
  interface Sigma {

    /**
     * The standard deviation of the fresh noise.
     *
     * @param diffusion the chain
     * @param t the later step, 1 to T
     * @param s the earlier step, 0 to t−1
     * @return σ, from 0 to √(1−ᾱ<sub>s</sub>)
     */
    double of(GaussianDiffusion diffusion, int t, int s);
  }

  /**
   * The family of η.
   *
   * @param eta η, from 0 to 1
   */
  record Eta(double eta) implements ReverseFamily {

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if η is outside [0, 1]
     */
    public Eta {
      if (!(eta >= 0 && eta <= 1)) {
        throw new IllegalArgumentException("eta must lie between 0 and 1, got " + eta);
      }
    }

    @Override
    public ReverseKernel step(GaussianDiffusion d, int t, int s) {
      return d.reverse(t, s, d.sigma(eta, t, s));
    }

    @Override
    public boolean isStochastic() {
      return eta > 0;
    }

    @Override
    public String toString() {
      return "eta=" + eta;
    }
  }

  /** The family of σ̂. */
  record SigmaHat() implements ReverseFamily {
    @Override
    public ReverseKernel step(GaussianDiffusion d, int t, int s) {
      ReverseKernel posterior = d.posterior(t, s);
      double sigma = s == 0 ? 0 : Math.sqrt(d.forward(s, t).variance());
      return new ReverseKernel(posterior.kappa(), posterior.lambda(), sigma);
    }

    @Override
    public boolean isStochastic() {
      return true;
    }

    @Override
    public String toString() {
      return "sigma-hat";
    }
  }

  /**
   * The family of a function.
   *
   * @param sigma σ between neighbours
   */
  record Free(Sigma sigma) implements ReverseFamily {
    @Override
    public ReverseKernel step(GaussianDiffusion d, int t, int s) {
      return d.reverse(t, s, s == 0 ? 0 : sigma.of(d, t, s));
    }

    @Override
    public boolean isStochastic() {
      return true;
    }

    @Override
    public String toString() {
      return "sigma of a function";
    }
  }
}
