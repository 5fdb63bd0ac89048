package ornstein.diffusion.train;

import ornstein.diffusion.loss.DiffusionLoss;
import ornstein.diffusion.loss.TimestepSampler;

/**
 * What training minimises.
 *
 * @param loss the loss's name, see {@link DiffusionLoss#named}
 * @param timesteps how the steps are drawn, see {@link TimestepSampler#named}
 * @param labelDropout part of the images that are shown without their class, in [0, 1), for
 *     classifier-free guidance (Ho and Salimans 2022, algorithm 1; 0.1 to 0.2 there)
 */
public record Objective(String loss, String timesteps, double labelDropout) {
  /** L<sub>simple</sub> at steps drawn uniformly, all images with their classes. */
  public static final Objective SIMPLE = new Objective("simple", "uniform", 0);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a name is unknown or the dropout outside its range
   */
  public Objective {
    DiffusionLoss unusedLoss = DiffusionLoss.named(loss); // refuses what it does not know
    TimestepSampler unusedSampler = TimestepSampler.named(timesteps, 1);
    if (!(labelDropout >= 0 && labelDropout < 1)) {
      throw new IllegalArgumentException("label dropout must lie in [0, 1), got " + labelDropout);
    }
  }
}
