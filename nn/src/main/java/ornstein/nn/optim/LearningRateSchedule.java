package ornstein.nn.optim;

/**
 * The learning rate of each step. Schedules compose: {@code constant(1e-4).warmUp(500)
 * .annealToZero(10_000)}.
 */
@FunctionalInterface
public interface LearningRateSchedule {
  /**
   * The learning rate of a step.
   *
   * @param step number of the step, from 0
   * @return the rate, at least 0
   */
  double at(long step);

  /**
   * The same rate at every step.
   *
   * @param rate the rate, at least 0
   * @return the schedule
   * @throws IllegalArgumentException if the rate is negative or no number
   */
  static LearningRateSchedule constant(double rate) {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new IllegalArgumentException("learning rate must be at least 0, got " + rate);
    }
    return step -> rate;
  }

  /**
   * This schedule, multiplied by a linear rise: step s by (s + 1) / steps, until that is 1.
   *
   * @param steps length of the rise; 0 for none
   * @return the schedule
   * @throws IllegalArgumentException if steps is negative
   */
  default LearningRateSchedule warmUp(long steps) {
    if (steps < 0) {
      throw new IllegalArgumentException("warm-up steps must be at least 0, got " + steps);
    }
    return step -> step + 1 >= steps ? at(step) : at(step) * ((step + 1.0) / steps);
  }

  /**
   * This schedule, multiplied by a linear fall from 1 at step 0 to 0 at the end, as in improved
   * DDPM's training.
   *
   * @param totalSteps first step with rate 0, at least 1
   * @return the schedule
   * @throws IllegalArgumentException if totalSteps is below 1
   */
  default LearningRateSchedule annealToZero(long totalSteps) {
    if (totalSteps < 1) {
      throw new IllegalArgumentException("annealing steps must be at least 1, got " + totalSteps);
    }
    return step -> at(step) * Math.max(0.0, 1.0 - (double) step / totalSteps);
  }
}
