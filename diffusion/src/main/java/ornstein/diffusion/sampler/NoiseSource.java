package ornstein.diffusion.sampler;

import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.GeneratorState;

/**
 * Standard normal noise that belongs to a sample, not to a batch: sample number i at draw k gets
 * the same numbers whatever batch it is computed in and whatever was drawn before. Immutable.
 */
public final class NoiseSource {
  private final Rng rng;
  private final int firstSample;

  private NoiseSource(Rng rng, int firstSample) {
    this.rng = rng;
    this.firstSample = firstSample;
  }

  /**
   * The noise of a seed.
   *
   * @param seed any number
   * @return the source, whose batches begin at sample 0
   */
  public static NoiseSource of(long seed) {
    return new NoiseSource(Rng.of(seed), 0);
  }

  /**
   * The same noise for a batch further on.
   *
   * @param sample the number of the batch's first sample, at least 0
   * @return the source, whose batches begin at that sample
   * @throws IllegalArgumentException if the number is negative
   */
  public NoiseSource from(int sample) {
    if (sample < 0) {
      throw new IllegalArgumentException("samples are numbered from 0, got " + sample);
    }
    return new NoiseSource(rng, sample);
  }

  /**
   * The noise of one draw.
   *
   * @param draw which draw: 0 for x<sub>T</sub>, t for the step that leaves step t
   * @param shape [N, …], at least one axis
   * @return standard normal numbers of that shape
   * @throws ornstein.engine.ShapeException if the shape has no axis
   */
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
