package ornstein.diffusion.process;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

/**
 * A network with what is known of its two ends: which scale of x<sub>t</sub> it sees, and what its
 * channels mean.
 *
 * @param denoiser the network
 * @param parameterization what the first half of its channels, or all of them, estimate
 * @param learnsVariance whether there is a second half
 */
record NoisyNetwork(Denoiser denoiser, Parameterization parameterization, boolean learnsVariance) {

  boolean isRecordable() {
    return denoiser.isRecordable();
  }

  /**
   * Evaluates the network.
   *
   * @param inputScale the factor on x, used if the parameterisation has one
   */
  NetworkOutput output(
      Tensor x, Supplier<Tensor> inputScale, Tensor time, @Nullable Tensor labels) {
    Tensor seen = parameterization.scalesInput() ? inputScale.get().mul(x) : x;
    Tensor output = denoiser.predict(seen, time, labels);
    int last = x.shape().rank() - 1;
    int channels = last < 1 ? 1 : x.shape().dim(last);
    Shape expected = learnsVariance && last >= 1 ? x.shape().with(last, 2 * channels) : x.shape();
    if (!output.shape().equals(expected)) {
      throw new ShapeException(
          "the network returned "
              + output.shape()
              + " for samples "
              + x.shape()
              + "; its output must have "
              + (learnsVariance ? "twice the channels, " + expected : "the samples' shape"));
    }
    return learnsVariance
        ? new NetworkOutput(
            output.slice(last, 0, channels), output.slice(last, channels, 2 * channels))
        : new NetworkOutput(output, null);
  }
}
