package ornstein.diffusion.process;

import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/** A variance for each step, known before sampling. */
final class FixedVariance implements ReverseVariance.Along {
  private final StepTable variance;
  private final StepTable logVariance;

  /**
   * Tabulates a variance.
   *
   * @param steps the number of steps
   * @param variance its value, at least 0
   * @param logVariance its logarithm, finite
   */
  FixedVariance(int steps, IntToDoubleFunction variance, IntToDoubleFunction logVariance) {
    this.variance = StepTable.of(steps, variance);
    this.logVariance = StepTable.of(steps, logVariance);
  }

  @Override
  public Tensor variance(Tensor step, Tensor x, @Nullable Tensor output) {
    return variance.over(step, x);
  }

  @Override
  public Tensor logVariance(Tensor step, Tensor x, @Nullable Tensor output) {
    return logVariance.over(step, x);
  }
}
