package ornstein.nn.layer;

import ornstein.engine.Functional;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;
import ornstein.nn.Initializer;
import ornstein.nn.Module;

/**
 * The embedding of timesteps: sines and cosines, then a linear layer {@code 0}, SiLU and a linear
 * layer {@code 2} (Ho et al., 2020, appendix B).
 */
public final class TimeEmbedding extends Module {
  private final int frequencies;
  private final Linear first;
  private final Linear second;

  /**
   * Creates the layer.
   *
   * @param frequencies length of the sinusoidal embedding, at least 2
   * @param channels length of the result, at least 1
   * @param initial initial values
   */
  public TimeEmbedding(int frequencies, int channels, Initializer initial) {
    this.frequencies = frequencies;
    this.first = register("0", new Linear(frequencies, channels, initial));
    this.second = register("2", new Linear(channels, channels, initial));
  }

  /**
   * Embeds timesteps.
   *
   * @param timesteps [N], fractions allowed
   * @return [N, channels]
   * @throws ornstein.engine.ShapeException if timesteps has another rank
   */
  public Tensor forward(Tensor timesteps) {
    Tensor sinusoids = Functional.timestepEmbedding(timesteps, frequencies);
    return second.forward(first.forward(sinusoids).apply(Unary.SILU));
  }
}
