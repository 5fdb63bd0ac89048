package ornstein.diffusion.process;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/**
 * A network that looks at noisy samples; what its output means is a {@link Parameterization}'s
 * affair.
 */
@FunctionalInterface
public interface Denoiser {

  /**
   * Evaluates the network.
   *
   * @param x noisy samples, [N, H, W, C] for images or [N, D] for points
   * @param time [N], the time of each sample as the network was trained with it ({@link
   *     ornstein.diffusion.schedule.SpacedSchedule#modelTime}); fractional in general
   * @param labels [N], class numbers held as floats, or null without classes
   * @return the output, of the samples' shape
   */
  Tensor predict(Tensor x, Tensor time, @Nullable Tensor labels);
}
