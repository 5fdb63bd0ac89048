package ornstein.diffusion.process;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/**
 * The two things that a network may say of a noisy batch.
 *
 * @param value what its {@link Parameterization} says it estimates, of the samples' shape
 * @param variance what it says of the reverse step's variance, of the samples' shape; null unless
 *     that {@linkplain ReverseVariance#isLearned is learned}
 */
public record NetworkOutput(Tensor value, @Nullable Tensor variance) {

  /**
   * The same values, so that a loss of them trains the variance alone (Nichol and Dhariwal 2021,
   * section 3.1).
   *
   * @return the output, whose {@link #value} is a constant
   */
  public NetworkOutput detachValue() {
    return new NetworkOutput(value.detach(), variance);
  }
}
