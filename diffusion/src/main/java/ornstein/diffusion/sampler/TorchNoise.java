package ornstein.diffusion.sampler;

import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.TorchRng;

/** Noise in the sequence of PyTorch's generator. */
final class TorchNoise implements NoiseSource {
  private final TorchRng rng;

  TorchNoise(long seed) {
    this.rng = TorchRng.of(seed);
  }

  @Override
  public NoiseSource from(int sample) {
    return this;
  }

  @Override
  public Tensor draw(int draw, Shape shape) {
    float[] values = new float[shape.size()];
    rng.normal(values);
    if (shape.rank() != 4) {
      return Tensor.of(shape, values);
    }
    // PyTorch's images have their channels first.
    Shape nchw = Shape.of(shape.dim(0), shape.dim(3), shape.dim(1), shape.dim(2));
    return Tensor.of(nchw, values).permute(0, 2, 3, 1);
  }
}
