package ornstein.diffusion.train;

/** Follows a {@link Trainer} at work. */
@FunctionalInterface
public interface TrainingListener {
  /**
   * Called after each step, on the training thread.
   *
   * @param progress where the run is
   */
  void onStep(TrainingProgress progress);

  /**
   * Called when the loss or a gradient of a step was not finite and the run goes on, on the
   * training thread. There is no {@link #onStep} for such a step.
   *
   * @param step the step, from 1
   * @param what which number, at which timesteps, in which layer, and what was done
   */
  default void onBadStep(long step, String what) {}
}
