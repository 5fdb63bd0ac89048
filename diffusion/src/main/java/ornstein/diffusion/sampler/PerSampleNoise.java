package ornstein.diffusion.sampler;

import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.GeneratorState;

/** Noise as a function of seed, sample and draw. */
final class PerSampleNoise implements NoiseSource {
  private final Rng rng;
  private final int firstSample;

  private PerSampleNoise(Rng rng, int firstSample) {
    this.rng = rng;
    this.firstSample = firstSample;
  }

  static PerSampleNoise of(long seed) {
    return new PerSampleNoise(Rng.of(seed), 0);
  }

  @Override
  public NoiseSource from(int sample) {
    if (sample < 0) {
      throw new IllegalArgumentException("samples are numbered from 0, got " + sample);
    }
    return new PerSampleNoise(rng, sample);
  }

  @Override
  public Tensor draw(int draw, Shape shape) {
    int count = shape.dim(0);
    if (count == 0) {
      return Tensor.full(shape, 0f);
    }
    float[] states = new float[count * GeneratorState.SIZE];
    putStates(draw, states);
    return Rng.stored(Tensor.of(states, count, GeneratorState.SIZE)).normal(shape);
  }

  /**
   * The generators of one draw, in the form that {@link Rng#stored} reads.
   *
   * @param draw which draw, as in {@link #draw}
   * @param states array written, eight elements for each sample of the batch
   */
  void putStates(int draw, float[] states) {
    for (int i = 0; i * GeneratorState.SIZE < states.length; i++) {
      rng.split((long) firstSample + i).split(draw).putState(states, i * GeneratorState.SIZE);
    }
  }
}
