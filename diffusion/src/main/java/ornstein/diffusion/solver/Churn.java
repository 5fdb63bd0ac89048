package ornstein.diffusion.solver;

import ornstein.diffusion.schedule.NoiseSchedule;

/**
 * Noise added before each step of a solver, which the step then removes again with the rest: errors
 * of earlier steps are forgotten (Karras et al. 2022, "Elucidating the Design Space", algorithm 2).
 *
 * @param amount S<sub>churn</sub>, at least 0: σ grows by the factor 1 + min(S<sub>churn</sub>/N,
 *     √2 − 1) in each of N steps
 * @param from S<sub>tmin</sub>, the least σ at which noise is added
 * @param to S<sub>tmax</sub>, the largest
 * @param deviation S<sub>noise</sub>, the deviation of what is added; 1 keeps the marginals, a
 *     little more makes up for denoisers that remove too much
 */
public record Churn(double amount, double from, double to, double deviation) {
  /** No noise: a deterministic solver. */
  public static final Churn NONE = new Churn(0, 0, Double.MAX_VALUE, 1);

  /** The paper's settings for ImageNet at 64×64 (its table 5). */
  public static final Churn IMAGENET = new Churn(40, 0.05, 50, 1.003);

  private static final double MOST_GROWTH = Math.sqrt(2) - 1;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is negative or not finite, or the range is empty
   */
  public Churn {
    boolean fits = amount >= 0 && from >= 0 && from <= to && deviation >= 0;
    if (!(fits && Double.isFinite(amount + to + deviation))) {
      throw new IllegalArgumentException(
          "churn needs an amount, a range of sigma and a deviation, none negative, got "
              + amount
              + ", "
              + from
              + " to "
              + to
              + ", "
              + deviation);
    }
  }

  /**
   * The level of noise that a step begins at.
   *
   * @param schedule the schedule
   * @param t the time that was reached
   * @param steps steps of the whole run
   * @return the time of σ̂ = (1 + γ) σ, at least t; never beyond the schedule's end, because the
   *     network knows nothing of more noise
   */
  double raised(NoiseSchedule schedule, double t, int steps) {
    double sigma = schedule.sigma(t);
    if (amount == 0 || sigma < from || sigma > to) {
      return t;
    }
    double higher = sigma * (1 + Math.min(amount / steps, MOST_GROWTH));
    return higher >= schedule.sigma(schedule.end()) ? schedule.end() : schedule.timeOfSigma(higher);
  }
}
