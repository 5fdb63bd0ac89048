package ornstein.diffusion.sampler;

import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/** Where samplers get standard normal noise from. */
public sealed interface NoiseSource permits PerSampleNoise, TorchNoise {

  /**
   * The noise of a seed, which belongs to a sample, not to a batch: sample number i at draw k gets
   * the same numbers whatever batch it is computed in and whatever was drawn before. Immutable.
   *
   * @param seed any number
   * @return the source, whose batches begin at sample 0
   */
  static NoiseSource of(long seed) {
    return PerSampleNoise.of(seed);
  }

  /**
   * The noise that PyTorch's CPU generator gives after {@code torch.manual_seed(seed)}: whatever is
   * drawn, in the order of the calls, and images in PyTorch's order of axes. A sequence: a sample
   * depends on its batch and on what was drawn before, and one source serves one run at a time.
   *
   * @param seed any number
   * @return the source
   */
  static NoiseSource torch(long seed) {
    return new TorchNoise(seed);
  }

  /**
   * The same noise for a batch further on.
   *
   * @param sample the number of the batch's first sample, at least 0
   * @return the source, whose batches begin at that sample; a sequence goes on as it is
   * @throws IllegalArgumentException if the number is negative
   */
  NoiseSource from(int sample);

  /**
   * The noise of one draw.
   *
   * @param draw which draw: 0 for x<sub>T</sub>, t for the step that leaves step t; a sequence does
   *     not care
   * @param shape [N, …], at least one axis
   * @return standard normal numbers of that shape
   * @throws ornstein.engine.ShapeException if the shape has no axis
   */
  Tensor draw(int draw, Shape shape);
}
