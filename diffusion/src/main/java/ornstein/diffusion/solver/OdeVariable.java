package ornstein.diffusion.solver;

import ornstein.diffusion.process.Prediction;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.engine.Tensor;

/**
 * The variable in which the probability-flow equation is solved. Scaled rightly, its right-hand
 * side is what the network predicts, without coefficients; the exact solution is the same for all.
 */
public enum OdeVariable {
  /**
   * d(x/√ᾱ)/dσ = ε with σ = √((1−ᾱ)/ᾱ) (Song et al. 2021, "DDIM", equation 14; Karras et al. 2022).
   * Infinite where there is no signal.
   */
  SIGMA {
    @Override
    public double of(NoiseSchedule schedule, double t) {
      return schedule.sigma(t);
    }

    @Override
    public double timeOf(NoiseSchedule schedule, double u) {
      return schedule.timeOfSigma(u);
    }

    @Override
    public double scale(NoiseSchedule schedule, double t) {
      return 1 / schedule.alpha(t);
    }

    @Override
    public Tensor slope(Prediction p) {
      return p.noise();
    }
  },
  /**
   * dz/dτ = ε − x<sub>0</sub> on the straight path z = (1−τ) x<sub>0</sub> + τ ε, τ = √(1−ᾱ)/(√ᾱ +
   * √(1−ᾱ)) (Lipman et al. 2023, section 4.1). Finite from clean data to pure noise.
   */
  STRAIGHT {
    @Override
    public double of(NoiseSchedule schedule, double t) {
      double noise = Math.sqrt(schedule.noiseVariance(t));
      return noise / (schedule.alpha(t) + noise);
    }

    @Override
    public double timeOf(NoiseSchedule schedule, double u) {
      return u == 1 ? schedule.end() : schedule.timeOfSigma(u / (1 - u));
    }

    @Override
    public double scale(NoiseSchedule schedule, double t) {
      return 1 / (schedule.alpha(t) + Math.sqrt(schedule.noiseVariance(t)));
    }

    @Override
    public Tensor slope(Prediction p) {
      return p.noise().sub(p.start());
    }
  };

  /**
   * The variable's value.
   *
   * @param schedule the schedule
   * @param t the time
   * @return its value, 0 at time 0
   */
  public abstract double of(NoiseSchedule schedule, double t);

  /**
   * The inverse of {@link #of}.
   *
   * @param schedule the schedule
   * @param u the variable's value
   * @return the time
   */
  public abstract double timeOf(NoiseSchedule schedule, double u);

  /**
   * The factor that makes the equation's unknown of a sample.
   *
   * @param schedule the schedule
   * @param t the time
   * @return the factor on x<sub>t</sub>, 1 at time 0
   */
  public abstract double scale(NoiseSchedule schedule, double t);

  /**
   * The right-hand side.
   *
   * @param p what the network sees behind a sample
   * @return the derivative of the scaled sample by the variable
   */
  public abstract Tensor slope(Prediction p);

  /**
   * Refuses a time at which this variable is infinite.
   *
   * @param schedule the schedule
   * @param t the time
   * @throws IllegalArgumentException if it is
   */
  public void requireFinite(NoiseSchedule schedule, double t) {
    if (Double.isInfinite(of(schedule, t))) {
      throw new IllegalArgumentException(
          "the schedule begins in pure noise, where sigma is infinite; solve in the straight"
              + " path's variable");
    }
  }
}
