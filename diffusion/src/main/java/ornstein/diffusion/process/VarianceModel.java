package ornstein.diffusion.process;

import java.util.Locale;

/**
 * The variance of the ancestral reverse step p(x<sub>t−1</sub>|x<sub>t</sub>), as networks are
 * trained for: one of two extremes, for data that is a single point and data that is N(0, I) (Ho et
 * al. 2020, section 3.2), or learned (Nichol and Dhariwal 2021, section 3.1).
 */
public enum VarianceModel implements ReverseVariance {
  /** The posterior's variance β̃<sub>t</sub>, 0 at step 1. */
  FIXED_SMALL {
    @Override
    public Along along(GaussianDiffusion d) {
      return new FixedVariance(d.steps(), d::posteriorVariance, d::posteriorLogVarianceClipped);
    }
  },
  /** β<sub>t</sub>, with β̃<sub>2</sub> at step 1, which gives a better decoder likelihood. */
  FIXED_LARGE {
    @Override
    public Along along(GaussianDiffusion d) {
      return new FixedVariance(
          d.steps(), t -> d.largeVariance(t), t -> StrictMath.log(d.largeVariance(t)));
    }
  },
  /** The network says the logarithm of the variance. */
  LEARNED {
    @Override
    public boolean isLearned() {
      return true;
    }

    @Override
    public Along along(GaussianDiffusion d) {
      return LearnedVariance.ofLogarithm();
    }
  },
  /**
   * The network says where the logarithm of the variance lies between those of β̃<sub>t</sub>
   * (output −1) and β<sub>t</sub> (output 1).
   */
  LEARNED_RANGE {
    @Override
    public boolean isLearned() {
      return true;
    }

    @Override
    public Along along(GaussianDiffusion d) {
      return LearnedVariance.ofRange(d);
    }
  };

  @Override
  public boolean isLearned() {
    return false;
  }

  /**
   * The variance model of a configuration's name.
   *
   * @param name {@code fixed_small}, {@code fixed_large}, {@code learned} or {@code learned_range},
   *     in any case
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
        "unknown variance model '"
            + name
            + "'; use fixed_small, fixed_large, learned or learned_range");
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
