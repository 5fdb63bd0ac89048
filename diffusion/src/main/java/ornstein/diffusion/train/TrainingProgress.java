package ornstein.diffusion.train;

import java.time.Duration;

/**
 * Where a run is after a step.
 *
 * @param step steps done, from 1
 * @param loss the step's loss
 * @param quartiles the same by quarter of the chain
 * @param learningRate the step's learning rate
 * @param gradNorm global norm of the step's gradient before clipping
 * @param images images seen since this process went on with the run
 * @param elapsed time since the run began, before interruptions included
 * @param running time since this process went on with it
 * @param fraction share of the limit that is done, from 0 to 1; 0 without a limit
 */
public record TrainingProgress(
    long step,
    double loss,
    LossQuartiles quartiles,
    double learningRate,
    double gradNorm,
    long images,
    Duration elapsed,
    Duration running,
    double fraction) {

  /**
   * Speed since this process went on with the run.
   *
   * @return images per second, 0 at the very beginning
   */
  public double imagesPerSecond() {
    long nanos = running.toNanos();
    return nanos == 0 ? 0 : images * 1e9 / nanos;
  }
}
