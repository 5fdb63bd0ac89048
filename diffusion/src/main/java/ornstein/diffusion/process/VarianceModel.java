package ornstein.diffusion.process;

import java.util.Locale;

/**
 * The variance of the ancestral reverse step p(x<sub>t−1</sub>|x<sub>t</sub>) (Ho et al. 2020,
 * section 3.2): the two extremes, for data that is a single point and data that is N(0, I).
 */
public enum VarianceModel {
  /** The posterior's variance β̃<sub>t</sub>, 0 at step 1. */
  FIXED_SMALL {
    @Override
    public double variance(GaussianDiffusion diffusion, int t) {
      return diffusion.posteriorVariance(t);
    }

    @Override
    public double logVariance(GaussianDiffusion diffusion, int t) {
      return diffusion.posteriorLogVarianceClipped(t);
    }
  },
  /** β<sub>t</sub>, with β̃<sub>2</sub> at step 1, which gives a better decoder likelihood. */
  FIXED_LARGE {
    @Override
    public double variance(GaussianDiffusion diffusion, int t) {
      return t == 1 ? diffusion.clippedPosteriorVariance(1) : diffusion.beta(t);
    }

    @Override
    public double logVariance(GaussianDiffusion diffusion, int t) {
      return StrictMath.log(variance(diffusion, t));
    }
  };

  /**
   * The variance at a step.
   *
   * @param diffusion the process
   * @param t the step, 1 to T
   * @return the variance of each coordinate, at least 0
   * @throws IndexOutOfBoundsException if t is outside 1 … T
   */
  public abstract double variance(GaussianDiffusion diffusion, int t);

  /**
   * The logarithm of the variance, finite at every step.
   *
   * @param diffusion the process
   * @param t the step, 1 to T
   * @return the natural logarithm; where the variance is 0, that of the next step's
   * @throws IndexOutOfBoundsException if t is outside 1 … T
   */
  public abstract double logVariance(GaussianDiffusion diffusion, int t);

  /**
   * The variance model of a configuration's name.
   *
   * @param name {@code fixed_small} or {@code fixed_large}, in any case
   * @return the variance model
   * @throws IllegalArgumentException if the name is unknown
   */
  public static VarianceModel named(String name) {
    for (VarianceModel v : values()) {
      if (v.name().equalsIgnoreCase(name)) {
        return v;
      }
    }
    throw new IllegalArgumentException(
        "unknown variance model '" + name + "'; use fixed_small or fixed_large");
  }

  /**
   * The name by which a configuration stores this variance model.
   *
   * @return the constant's name in lower case
   */
  public String configurationName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
