package ornstein.diffusion.loss;

/**
 * Draws the steps at which a batch is trained. It is a function of uniform numbers, and works on
 * the caller's arrays: a step of training does not allocate.
 */
@FunctionalInterface
public interface TimestepSampler {

  /**
   * Draws steps.
   *
   * @param uniform independent uniform numbers in (0, 1), one for each sample of the batch
   * @param step as many steps from 1 to T, written
   * @param weight as many weights, written: 1/(T p) for steps drawn with probability p, so that the
   *     weighted mean of the losses is unbiased for the mean over all steps
   * @throws IllegalArgumentException if the arrays differ in length
   */
  void draw(float[] uniform, float[] step, float[] weight);

  /**
   * Draws every step with the same probability; all weights are 1.
   *
   * @param steps the number of steps T, from 1 to 2<sup>24</sup>
   * @return the sampler
   * @throws IllegalArgumentException if there are no steps, or more than float32 can count
   */
  static TimestepSampler uniform(int steps) {
    if (steps < 1 || steps > 1 << 24) {
      throw new IllegalArgumentException("the number of steps must be 1 to 2^24, got " + steps);
    }
    return (uniform, step, weight) -> {
      if (step.length != uniform.length || weight.length != uniform.length) {
        throw new IllegalArgumentException(
            "uniform numbers, steps and weights must be as many, got "
                + uniform.length
                + ", "
                + step.length
                + " and "
                + weight.length);
      }
      for (int i = 0; i < uniform.length; i++) {
        step[i] = 1 + Math.min(steps - 1, (int) ((double) uniform[i] * steps));
        weight[i] = 1f;
      }
    };
  }
}
