package ornstein.diffusion.process;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/**
 * A variance that the network says: exp(v log β<sub>t</sub> + (1−v) log β̃<sub>t</sub>) with v =
 * (output + 1)/2 (Nichol and Dhariwal 2021, equation 15; outputs in [−1, 1] lie between the two
 * extremes), or exp(output).
 */
final class LearnedVariance implements ReverseVariance.Along {
  private final @Nullable StepTable middle;
  private final @Nullable StepTable half;

  private LearnedVariance(@Nullable StepTable middle, @Nullable StepTable half) {
    this.middle = middle;
    this.half = half;
  }

  /** The output is log Σ. */
  static LearnedVariance ofLogarithm() {
    return new LearnedVariance(null, null);
  }

  /** The output interpolates between the logarithms of β̃ and β. */
  static LearnedVariance ofRange(GaussianDiffusion d) {
    return new LearnedVariance(
        StepTable.of(d.steps(), t -> 0.5 * (StrictMath.log(d.beta(t)) + low(d, t))),
        StepTable.of(d.steps(), t -> 0.5 * (StrictMath.log(d.beta(t)) - low(d, t))));
  }

  private static double low(GaussianDiffusion d, int t) {
    return d.posteriorLogVarianceClipped(t);
  }

  @Override
  public Tensor variance(Tensor step, Tensor x, @Nullable Tensor output) {
    return logVariance(step, x, output).exp();
  }

  @Override
  public Tensor logVariance(Tensor step, Tensor x, @Nullable Tensor output) {
    Tensor said = Objects.requireNonNull(output, "the network says its variance");
    return middle == null || half == null
        ? said
        : half.over(step, x).mul(said).add(middle.over(step, x));
  }
}
