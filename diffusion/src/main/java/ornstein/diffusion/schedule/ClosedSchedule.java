package ornstein.diffusion.schedule;

/**
 * Schedules in continuous time whose formulas have closed inverses, on times from 0 to 1: to check
 * solvers against textbook equations, and to train without steps.
 */
public enum ClosedSchedule implements NoiseSchedule {
  /** √ᾱ = exp(−5 t²) (Keras-DDPM). */
  SQUARE_EXPONENTIAL {
    @Override
    double log(double t) {
      return -10 * t * t;
    }

    @Override
    double slope(double t) {
      return -20 * t;
    }

    @Override
    public double timeOf(double logAlphaBar) {
      return Math.sqrt(-logAlphaBar / 10);
    }
  },
  /** √ᾱ = exp(−5 t): the same in the square of its time. */
  EXPONENTIAL {
    @Override
    double log(double t) {
      return -10 * t;
    }

    @Override
    double slope(double t) {
      return -10;
    }

    @Override
    public double timeOf(double logAlphaBar) {
      return -logAlphaBar / 10;
    }
  },
  /** β(t) linear from 0.1 to 20, log ᾱ = −∫β (Song et al. 2021, "Score-Based", appendix C). */
  VP_LINEAR {
    @Override
    double log(double t) {
      return -(0.1 * t + 9.95 * t * t);
    }

    @Override
    double slope(double t) {
      return -(0.1 + 19.9 * t);
    }

    @Override
    public double timeOf(double logAlphaBar) {
      // The root of 9.95 t² + 0.1 t + log ᾱ that loses no digits near 0.
      return -2 * logAlphaBar / (0.1 + Math.sqrt(0.01 - 4 * 9.95 * logAlphaBar));
    }
  };

  abstract double log(double t);

  abstract double slope(double t);

  @Override
  public double end() {
    return 1;
  }

  @Override
  public double logAlphaBar(double t) {
    return log(within(t));
  }

  @Override
  public double logAlphaBarSlope(double t) {
    return slope(within(t));
  }

  private static double within(double t) {
    if (!(t >= 0 && t <= 1)) {
      throw new IllegalArgumentException("time " + t + " is outside 0 to 1");
    }
    return t;
  }
}
