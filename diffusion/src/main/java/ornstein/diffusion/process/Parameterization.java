package ornstein.diffusion.process;

import java.util.Locale;

/**
 * What the network's output estimates. All are affine in each other given x<sub>t</sub>, so each is
 * defined by two combinations: the training target out of clean data and noise, and the prediction
 * x̂<sub>0</sub> out of x<sub>t</sub> and the output.
 */
public enum Parameterization {
  /** The noise ε in x<sub>t</sub> = √ᾱ<sub>t</sub> x<sub>0</sub> + √(1−ᾱ<sub>t</sub>) ε. */
  EPSILON {
    @Override
    public Combination target(GaussianDiffusion diffusion, int t) {
      return new Combination(0, 1);
    }

    @Override
    public Combination start(GaussianDiffusion diffusion, int t) {
      return new Combination(
          diffusion.sqrtRecipAlphaBar(t), -diffusion.sqrtRecipAlphaBarMinusOne(t));
    }
  },
  /** The clean data x<sub>0</sub>. */
  START_X {
    @Override
    public Combination target(GaussianDiffusion diffusion, int t) {
      return new Combination(1, 0);
    }

    @Override
    public Combination start(GaussianDiffusion diffusion, int t) {
      return new Combination(0, 1);
    }
  },
  /**
   * The velocity v = √ᾱ<sub>t</sub> ε − √(1−ᾱ<sub>t</sub>) x<sub>0</sub> (Salimans and Ho 2022,
   * "Progressive Distillation", appendix D).
   */
  V {
    @Override
    public Combination target(GaussianDiffusion diffusion, int t) {
      GaussianKernel marginal = diffusion.marginal(t);
      return new Combination(-Math.sqrt(marginal.variance()), marginal.scale());
    }

    @Override
    public Combination start(GaussianDiffusion diffusion, int t) {
      GaussianKernel marginal = diffusion.marginal(t);
      return new Combination(marginal.scale(), -Math.sqrt(marginal.variance()));
    }
  },
  /** The mean of the posterior q(x<sub>t−1</sub>|x<sub>t</sub>, x<sub>0</sub>). */
  PREVIOUS_X {
    @Override
    public Combination target(GaussianDiffusion diffusion, int t) {
      ReverseKernel posterior = diffusion.posterior(t, t - 1);
      GaussianKernel marginal = diffusion.marginal(t);
      return new Combination(
          posterior.lambda() + posterior.kappa() * marginal.scale(),
          posterior.kappa() * Math.sqrt(marginal.variance()));
    }

    @Override
    public Combination start(GaussianDiffusion diffusion, int t) {
      ReverseKernel posterior = diffusion.posterior(t, t - 1);
      return new Combination(-posterior.kappa() / posterior.lambda(), 1 / posterior.lambda());
    }
  },
  /**
   * The score ∇ log q(x<sub>t</sub>) = −ε/√(1−ᾱ<sub>t</sub>) (Song and Ermon 2019; Ho et al. 2020,
   * section 3.2).
   */
  SCORE {
    @Override
    public Combination target(GaussianDiffusion diffusion, int t) {
      return new Combination(0, -1 / Math.sqrt(diffusion.marginal(t).variance()));
    }

    @Override
    public Combination start(GaussianDiffusion diffusion, int t) {
      GaussianKernel marginal = diffusion.marginal(t);
      return new Combination(1 / marginal.scale(), marginal.variance() / marginal.scale());
    }
  };

  /**
   * The training target as a combination of clean data and noise.
   *
   * @param diffusion the process
   * @param t the step, 1 to T
   * @return the coefficients of x<sub>0</sub> and ε
   * @throws IndexOutOfBoundsException if t is outside 1 … T
   */
  public abstract Combination target(GaussianDiffusion diffusion, int t);

  /**
   * The prediction of clean data as a combination of the noisy sample and the network's output.
   *
   * @param diffusion the process
   * @param t the step, 1 to T
   * @return the coefficients of x<sub>t</sub> and the output
   * @throws IndexOutOfBoundsException if t is outside 1 … T
   */
  public abstract Combination start(GaussianDiffusion diffusion, int t);

  /**
   * The parameterisation of a configuration's name.
   *
   * @param name {@code epsilon}, {@code start_x}, {@code v}, {@code previous_x} or {@code score},
   *     in any case
   * @return the parameterisation
   * @throws IllegalArgumentException if the name is unknown
   */
  public static Parameterization named(String name) {
    for (Parameterization p : values()) {
      if (p.name().equalsIgnoreCase(name)) {
        return p;
      }
    }
    throw new IllegalArgumentException(
        "unknown parameterization '" + name + "'; use epsilon, start_x, v, previous_x or score");
  }

  /**
   * The name by which a configuration stores this parameterisation.
   *
   * @return the constant's name in lower case
   */
  public String configurationName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
