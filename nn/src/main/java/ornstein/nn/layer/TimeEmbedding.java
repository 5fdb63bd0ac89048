package ornstein.nn.layer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;
import ornstein.nn.Initializer;
import ornstein.nn.Module;

/**
 * The embedding of timesteps: sines and cosines (Ho et al., 2020, appendix B) or rows of a learned
 * {@code table}, then a linear layer {@code 0}, SiLU and a linear layer {@code 2}.
 */
public final class TimeEmbedding extends Module {
  private static final double PERIOD = 10_000;

  private final TimeInput input;
  private final int frequencies;
  private final @Nullable Embedding table;
  private final Linear first;
  private final Linear second;

  /**
   * Creates the layer.
   *
   * @param input how a timestep becomes numbers
   * @param frequencies how many numbers: of each a half sines and cosines, at least 2, or 4 with
   *     shifted frequencies
   * @param channels length of the result, at least 1
   * @param initial initial values
   */
  public TimeEmbedding(TimeInput input, int frequencies, int channels, Initializer initial) {
    this.input = input;
    this.frequencies = frequencies;
    this.table =
        input.rows() == 0
            ? null
            : register("table", new Embedding(input.rows(), frequencies, initial));
    this.first = register("0", new Linear(frequencies, channels, initial));
    this.second = register("2", new Linear(channels, channels, initial));
  }

  /**
   * Embeds timesteps.
   *
   * @param timesteps [N]; fractions are allowed for sines and cosines
   * @return [N, channels]
   * @throws ornstein.engine.ShapeException if timesteps has another rank
   * @throws IndexOutOfBoundsException if a timestep is no row of the table
   */
  public Tensor forward(Tensor timesteps) {
    Tensor numbers = table == null ? sinusoids(timesteps) : table.forward(timesteps);
    return second.forward(first.forward(numbers).apply(Unary.SILU));
  }

  private Tensor sinusoids(Tensor timesteps) {
    int half = frequencies / 2;
    // 10000^(−i/(h−s)) is P^(−i/h) with another period P.
    double period = StrictMath.pow(PERIOD, half / (double) (half - input.frequencyShift()));
    Tensor waves = Functional.timestepEmbedding(timesteps, frequencies, (float) period);
    if (input.cosineFirst()) {
      return waves;
    }
    Tensor sines = waves.slice(1, half, 2 * half);
    return Tensor.concat(
        1, List.of(sines, waves.slice(1, 0, half), waves.slice(1, 2 * half, frequencies)));
  }
}
