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
   * @return the output, of the samples' shape; with a {@linkplain ReverseVariance#isLearned learned
   *     variance}, of twice the channels, the last axis
   */
  Tensor predict(Tensor x, Tensor time, @Nullable Tensor labels);

  /**
   * Whether it is a function of its tensors and its weights alone, the same operations at each
   * call: then samplers record it once and run the recording, which is faster.
   *
   * @return false, unless it was made by {@link #recordable}
   */
  default boolean isRecordable() {
    return false;
  }

  /**
   * Declares a network to be a function of its tensors and its weights alone. It may not read
   * values, count its calls or choose by anything but shapes.
   *
   * @param network the network
   * @return the same network, which samplers may record
   */
  static Denoiser recordable(Denoiser network) {
    return new Denoiser() {
      @Override
      public Tensor predict(Tensor x, Tensor time, @Nullable Tensor labels) {
        return network.predict(x, time, labels);
      }

      @Override
      public boolean isRecordable() {
        return true;
      }
    };
  }
}
