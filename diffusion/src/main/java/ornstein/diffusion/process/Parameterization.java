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
    public Combination target(GaussianKernel marginal) {
      return new Combination(0, 1);
    }

    @Override
    public Combination start(GaussianKernel marginal) {
      double signal = marginal.scale();
      return new Combination(1 / signal, -Math.sqrt(marginal.variance()) / signal);
    }

    @Override
    boolean needsSignal() {
      return true;
    }
  },
  /** The clean data x<sub>0</sub>. */
  START_X {
    @Override
    public Combination target(GaussianKernel marginal) {
      return new Combination(1, 0);
    }

    @Override
    public Combination start(GaussianKernel marginal) {
      return new Combination(0, 1);
    }
  },
  /**
   * The velocity v = √ᾱ<sub>t</sub> ε − √(1−ᾱ<sub>t</sub>) x<sub>0</sub> (Salimans and Ho 2022,
   * "Progressive Distillation", appendix D).
   */
  V {
    @Override
    public Combination target(GaussianKernel marginal) {
      return new Combination(-Math.sqrt(marginal.variance()), marginal.scale());
    }

    @Override
    public Combination start(GaussianKernel marginal) {
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

    @Override
    public boolean isOfStep() {
      return true;
    }

    @Override
    public Combination target(GaussianKernel marginal) {
      throw ofStep();
    }

    @Override
    public Combination start(GaussianKernel marginal) {
      throw ofStep();
    }

    private UnsupportedOperationException ofStep() {
      return new UnsupportedOperationException(
          "the previous x belongs to a step of a chain, not to a level of noise");
    }
  },
  /**
   * The score ∇ log q(x<sub>t</sub>) = −ε/√(1−ᾱ<sub>t</sub>) (Song and Ermon 2019; Ho et al. 2020,
   * section 3.2).
   */
  SCORE {
    @Override
    public Combination target(GaussianKernel marginal) {
      return new Combination(0, -1 / Math.sqrt(marginal.variance()));
    }

    @Override
    public Combination start(GaussianKernel marginal) {
      return new Combination(1 / marginal.scale(), marginal.variance() / marginal.scale());
    }

    @Override
    boolean needsSignal() {
      return true;
    }
  },
  /**
   * The velocity u = ε − x<sub>0</sub> of the straight path z = (1−τ) x<sub>0</sub> + τ ε (Lipman
   * et al. 2023, "Flow Matching for Generative Modeling", section 4.1; Liu et al. 2023, "Flow
   * Straight and Fast"). That path is this process seen at another scale: z = x<sub>t</sub> /
   * (√ᾱ<sub>t</sub> + √(1−ᾱ<sub>t</sub>)) with τ = √(1−ᾱ<sub>t</sub>) / (√ᾱ<sub>t</sub> +
   * √(1−ᾱ<sub>t</sub>)). The network sees z.
   */
  FLOW {
    @Override
    public Combination target(GaussianKernel marginal) {
      return new Combination(-1, 1);
    }

    @Override
    public Combination start(GaussianKernel marginal) {
      double scale = inputScale(marginal);
      return new Combination(scale, -Math.sqrt(marginal.variance()) * scale);
    }

    @Override
    public double inputScale(GaussianKernel marginal) {
      return 1 / (marginal.scale() + Math.sqrt(marginal.variance()));
    }

    @Override
    public boolean scalesInput() {
      return true;
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
  public Combination target(GaussianDiffusion diffusion, int t) {
    return target(diffusion.marginal(t));
  }

  /**
   * The prediction of clean data as a combination of the noisy sample and the network's output.
   *
   * @param diffusion the process
   * @param t the step, 1 to T
   * @return the coefficients of x<sub>t</sub> and the output
   * @throws IndexOutOfBoundsException if t is outside 1 … T
   */
  public Combination start(GaussianDiffusion diffusion, int t) {
    return start(diffusion.marginal(t));
  }

  /**
   * The training target at any level of noise.
   *
   * @param marginal q(x<sub>t</sub>|x<sub>0</sub>)
   * @return the coefficients of x<sub>0</sub> and ε
   * @throws UnsupportedOperationException if the output {@linkplain #isOfStep belongs to a step}
   */
  public abstract Combination target(GaussianKernel marginal);

  /**
   * The prediction of clean data at any level of noise.
   *
   * @param marginal q(x<sub>t</sub>|x<sub>0</sub>)
   * @return the coefficients of x<sub>t</sub> and the output
   * @throws UnsupportedOperationException if the output {@linkplain #isOfStep belongs to a step}
   */
  public abstract Combination start(GaussianKernel marginal);

  /**
   * Whether the output belongs to a step of a chain: then it has no meaning between steps.
   *
   * @return true for the previous x
   */
  public boolean isOfStep() {
    return false;
  }

  /**
   * What x<sub>t</sub> is multiplied by before the network sees it.
   *
   * @param marginal q(x<sub>t</sub>|x<sub>0</sub>)
   * @return the factor, 1 unless the parameterisation {@linkplain #scalesInput has another}
   */
  public double inputScale(GaussianKernel marginal) {
    return 1;
  }

  /**
   * Whether the network sees x<sub>t</sub> at another scale.
   *
   * @return whether {@link #inputScale} is not 1 everywhere
   */
  public boolean scalesInput() {
    return false;
  }

  /** Whether x_0 cannot be told from the output where x_t is nothing but noise. */
  boolean needsSignal() {
    return false;
  }

  /**
   * The parameterisation of a configuration's name.
   *
   * @param name {@code epsilon}, {@code start_x}, {@code v}, {@code previous_x}, {@code score} or
   *     {@code flow}, in any case
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
        "unknown parameterization '"
            + name
            + "'; use epsilon, start_x, v, previous_x, score or flow");
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
