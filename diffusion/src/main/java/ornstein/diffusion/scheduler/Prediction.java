package ornstein.diffusion.scheduler;

import java.util.List;
import ornstein.engine.Tensor;

/** What the network's output estimates, and how clean data and noise follow in float32. */
enum Prediction {
  EPSILON,
  SAMPLE,
  V_PREDICTION,
  /** An old name of SAMPLE in one scheduler. */
  ORIGINAL_SAMPLE;

  static final List<Prediction> COMMON = List.of(EPSILON, SAMPLE, V_PREDICTION);

  static Prediction of(Options options, List<Prediction> known) {
    return options.choice("prediction_type", EPSILON, known);
  }

  /** x̂₀ at a level with √ᾱ and √(1−ᾱ). */
  Tensor start(Tensor x, Tensor output, float signal, float deviation) {
    return switch (this) {
      case EPSILON -> x.sub(output.mul(deviation)).div(Tensor.scalar(signal));
      case SAMPLE, ORIGINAL_SAMPLE -> output;
      case V_PREDICTION -> x.mul(signal).sub(output.mul(deviation));
    };
  }

  /** ε̂, of which a clipped x̂₀ knows nothing. */
  Tensor noise(Tensor x, Tensor output, float signal, float deviation) {
    return switch (this) {
      case EPSILON -> output;
      case SAMPLE, ORIGINAL_SAMPLE -> x.sub(output.mul(signal)).div(Tensor.scalar(deviation));
      case V_PREDICTION -> output.mul(signal).add(x.mul(deviation));
    };
  }

  /** x̂₀ from a sample x/√ᾱ, whose noise has the deviation σ. */
  Tensor startAtSigma(Tensor x, Tensor output, float sigma) {
    float square = sigma * sigma + 1;
    return switch (this) {
      case EPSILON -> x.sub(output.mul(sigma));
      case SAMPLE, ORIGINAL_SAMPLE -> output;
      case V_PREDICTION ->
          output.mul(-sigma / Float32.sqrt(square)).add(x.div(Tensor.scalar(square)));
    };
  }
}
