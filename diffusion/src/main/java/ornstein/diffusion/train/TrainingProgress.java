package ornstein.diffusion.train;

import java.time.Duration;

/**
 * Where a run is after a step.
 *
 * @param step steps done, from 1
 * @param loss the step's loss
 * @param learningRate the step's learning rate
 * @param gradNorm global norm of the step's gradient before clipping
 * @param images images seen in this run
 * @param elapsed time since the run began
 * @param fraction share of the limit that is done, from 0 to 1; 0 without a limit
 */
public record TrainingProgress(
    long step,
    double loss,
    double learningRate,
    double gradNorm,
    long images,
    Duration elapsed,
    double fraction) {

  /**
   * Speed since the run began.
   *
   * @return images per second, 0 at the very beginning
   */
  public double imagesPerSecond() {
    long nanos = elapsed.toNanos();
    return nanos == 0 ? 0 : images * 1e9 / nanos;
  }
}
