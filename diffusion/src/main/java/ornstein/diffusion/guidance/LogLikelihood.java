package ornstein.diffusion.guidance;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/**
 * A differentiable function of images that says how well each does: a classifier's log-probability
 * of the wanted class, minus a distance from a target, a similarity with a text.
 */
@FunctionalInterface
public interface LogLikelihood {

  /**
   * Evaluates the function.
   *
   * @param images noisy images or predictions of clean ones, [N, …]
   * @param time [N], the time of the noisy images as networks are told it
   * @param labels [N], class numbers held as floats, or null without classes
   * @return log f of each image, up to a constant, [N]
   */
  Tensor of(Tensor images, Tensor time, @Nullable Tensor labels);
}
