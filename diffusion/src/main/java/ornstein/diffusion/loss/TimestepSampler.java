package ornstein.diffusion.loss;

/**
 * Draws the steps at which a batch is trained. It is a function of uniform numbers, and of the
 * losses that it was {@linkplain #update told}; it works on the caller's arrays: a step of training
 * does not allocate.
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
   * Tells which losses the steps had that were drawn last. Most samplers do not care.
   *
   * @param step the steps
   * @param loss the loss of each, before its weight
   */
  default void update(float[] step, float[] loss) {}

  /**
   * Everything that it remembers of past losses, for a checkpoint.
   *
   * @return as many numbers at any time; none if it remembers nothing, as most samplers
   */
  default float[] state() {
    return new float[0];
  }

  /**
   * Goes on from a remembered state.
   *
   * @param state what {@link #state} gave
   * @throws IllegalArgumentException if it is that of another sampler
   */
  default void restore(float[] state) {
    if (state.length > 0) {
      throw new IllegalArgumentException("the sampler remembers nothing");
    }
  }

  /**
   * Draws every step with the same probability; all weights are 1.
   *
   * @param steps the number of steps T, from 1 to 2<sup>24</sup>
   * @return the sampler
   * @throws IllegalArgumentException if there are no steps, or more than float32 can count
   */
  static TimestepSampler uniform(int steps) {
    return new UniformTimesteps(steps, UniformTimesteps.Spread.INDEPENDENT);
  }

  /**
   * Draws steps in pairs t and T + 1 − t (the DDIM code): where the loss falls from one end of the
   * chain to the other, their mean varies less.
   *
   * @param steps the number of steps T, from 1 to 2<sup>24</sup>
   * @return the sampler
   * @throws IllegalArgumentException if there are no steps, or more than float32 can count
   */
  static TimestepSampler antithetic(int steps) {
    return new UniformTimesteps(steps, UniformTimesteps.Spread.ANTITHETIC);
  }

  /**
   * Draws one step from each of N equal parts of the chain (k-diffusion's stratified times).
   *
   * @param steps the number of steps T, from 1 to 2<sup>24</sup>
   * @return the sampler
   * @throws IllegalArgumentException if there are no steps, or more than float32 can count
   */
  static TimestepSampler stratified(int steps) {
    return new UniformTimesteps(steps, UniformTimesteps.Spread.STRATIFIED);
  }

  /**
   * Draws N steps at even distances around the chain, from one random place (Kingma et al. 2021,
   * "Variational Diffusion Models", appendix I.1).
   *
   * @param steps the number of steps T, from 1 to 2<sup>24</sup>
   * @return the sampler
   * @throws IllegalArgumentException if there are no steps, or more than float32 can count
   */
  static TimestepSampler lowDiscrepancy(int steps) {
    return new UniformTimesteps(steps, UniformTimesteps.Spread.LOW_DISCREPANCY);
  }

  /**
   * The sampler of a configuration's name.
   *
   * @param name {@code uniform}, {@code antithetic}, {@code stratified}, {@code low_discrepancy} or
   *     {@code loss_second_moment}
   * @param steps the number of steps T
   * @return the sampler
   * @throws IllegalArgumentException if the name is unknown
   */
  static TimestepSampler named(String name, int steps) {
    return switch (name) {
      case "uniform" -> uniform(steps);
      case "antithetic" -> antithetic(steps);
      case "stratified" -> stratified(steps);
      case "low_discrepancy" -> lowDiscrepancy(steps);
      case "loss_second_moment" -> new LossSecondMoment(steps);
      default ->
          throw new IllegalArgumentException(
              "unknown timestep sampler '"
                  + name
                  + "'; use uniform, antithetic, stratified, low_discrepancy or"
                  + " loss_second_moment");
    };
  }
}
