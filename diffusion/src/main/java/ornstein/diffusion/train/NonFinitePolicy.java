package ornstein.diffusion.train;

/** What a run does when the loss or a gradient of a step is NaN or infinite. */
public enum NonFinitePolicy {
  /** Ends with a {@link TrainingException}; the weights are those of the step before. */
  STOP,
  /** Leaves weights, moments and averages as they are and goes on with the next batch. */
  SKIP,
  /**
   * Goes back to the weights, moments and averages of the last checkpoint and on with the batches
   * that come next, so that those in between are skipped (Chowdhery et al. 2022, "PaLM", section
   * 5.1).
   */
  ROLL_BACK
}
