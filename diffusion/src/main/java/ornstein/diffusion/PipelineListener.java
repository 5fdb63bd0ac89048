package ornstein.diffusion;

import ornstein.diffusion.sampler.SamplingStep;

/** Follows a {@link Pipeline} at work: progress, intermediate images, cancellation. */
@FunctionalInterface
public interface PipelineListener {
  /**
   * Called after each step of each batch, on the sampling thread.
   *
   * @param first number of the batch's first image, from 0
   * @param step what the step made
   * @return whether to go on
   */
  boolean onStep(int first, SamplingStep step);
}
