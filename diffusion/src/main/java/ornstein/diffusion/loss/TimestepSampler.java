package ornstein.diffusion.loss;

import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/** Draws the steps at which a batch is trained. */
@FunctionalInterface
public interface TimestepSampler {

  /**
   * Draws steps.
   *
   * @param count the number of samples in the batch
   * @param rng where randomness comes from
   * @return the steps with their weights
   */
  TimestepDraw draw(int count, Rng rng);

  /**
   * Draws every step with the same probability; all weights are 1.
   *
   * @param steps the number of steps T, from 1 to 2<sup>24</sup>
   * @return the sampler
   * @throws IllegalArgumentException if there are no steps, or more than float32 can count
   */
  static TimestepSampler uniform(int steps) {
    if (steps < 1 || steps > 1 << 24) {
      throw new IllegalArgumentException("the number of steps must be 1 to 2^24, got " + steps);
    }
    return (count, rng) -> {
      int[] drawn = rng.integers(count, steps);
      float[] step = new float[count];
      for (int i = 0; i < count; i++) {
        step[i] = drawn[i] + 1;
      }
      return new TimestepDraw(Tensor.of(step), Tensor.full(Shape.of(count), 1f));
    };
  }
}
