package ornstein.diffusion.sampler;

import java.util.ArrayList;
import java.util.List;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

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
    Shape one = shape.with(0, 1);
    List<Tensor> samples = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      samples.add(rng.split((long) firstSample + i).split(draw).normal(one));
    }
    return Tensor.concat(0, samples);
  }
}
