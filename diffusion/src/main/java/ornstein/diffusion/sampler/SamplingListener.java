package ornstein.diffusion.sampler;

/** Follows a run of a {@link Sampler}: progress, intermediate images, cancellation. */
@FunctionalInterface
public interface SamplingListener {

  /**
   * Called after each step, on the sampling thread.
   *
   * @param step what the step made
   * @return whether to go on
   */
  boolean onStep(SamplingStep step);
}
