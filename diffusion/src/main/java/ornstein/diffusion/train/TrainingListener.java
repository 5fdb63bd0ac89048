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
}
