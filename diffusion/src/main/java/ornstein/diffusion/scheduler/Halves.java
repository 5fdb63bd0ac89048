package ornstein.diffusion.scheduler;

import ornstein.engine.Tensor;

/** The two halves of an output's channels: the mean's and a learned variance's. */
final class Halves {
  private Halves() {}

  static Tensor first(Tensor output, Tensor sample) {
    return half(output, sample, 0);
  }

  static Tensor second(Tensor output, Tensor sample) {
    return half(output, sample, 1);
  }

  private static Tensor half(Tensor output, Tensor sample, int index) {
    int axis = sample.shape().rank() - 1;
    int channels = sample.shape().dim(axis);
    if (output.shape().rank() != axis + 1 || output.shape().dim(axis) != 2 * channels) {
      throw new IllegalArgumentException(
          "with a learned variance the output needs twice the channels of the sample "
              + sample.shape()
              + ", got "
              + output.shape()
              + "; a network without it needs another variance_type");
    }
    return output.slice(axis, index * channels, (index + 1) * channels);
  }
}
