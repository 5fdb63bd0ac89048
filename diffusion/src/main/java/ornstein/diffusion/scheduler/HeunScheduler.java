package ornstein.diffusion.scheduler;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/**
 * diffusers' HeunDiscreteScheduler: Heun's method on x/√ᾱ in σ. The network is asked twice in all
 * steps but the last, which is Euler's.
 */
final class HeunScheduler extends Scheduler {
  private final Chain chain;
  private final Levels levels;
  private final Spacing.Rule spacing;
  private final Prediction prediction;
  private final Clipping clipping;
  private final @Nullable Spread spread;

  HeunScheduler(Options options) {
    super(options);
    this.chain = Chain.of(options, 0.00085, 0.012, BetaSchedule.commonAnd(BetaSchedule.EXP));
    this.levels = new Levels(chain);
    this.spacing = Spacing.of(options, Spacing.LINSPACE);
    this.prediction = Prediction.of(options, Prediction.COMMON);
    this.clipping = Clipping.of(options, false);
    this.spread = Spread.of(options);
  }

  @Override
  public Run begin(int steps) {
    float[] times = spacing.fractions(chain.steps(), steps);
    double[] chosen = levels.at(times);
    Spread rule = spread;
    if (rule != null) {
      chosen = rule.between(chosen[steps - 1], chosen[0], steps);
      times = levels.timesteps(chosen);
    }
    int evaluations = 2 * steps - 1;
    float[] told = new float[evaluations];
    float[] sigmas = new float[evaluations + 1];
    for (int i = 0; i < evaluations; i++) {
      told[i] = times[(i + 1) / 2];
      sigmas[i] = (float) chosen[(i + 1) / 2];
    }
    return new Steps(told, sigmas);
  }

  private final class Steps extends SigmaRun {
    private @Nullable Tensor from;
    private @Nullable Tensor slope;

    Steps(float[] times, float[] sigmas) {
      super(times, sigmas, spacing.spacing() == Spacing.LEADING);
    }

    @Override
    Moved move(int index, Tensor output, Tensor x, Supplier<Tensor> noise) {
      float sigma = sigmas[index];
      Tensor start = clipping.apply(prediction.startAtSigma(x, output, sigma));
      Tensor here = x.sub(start).div(Tensor.scalar(sigma));
      Tensor first = slope;
      Tensor begun = from;
      if (first == null || begun == null) {
        from = x;
        slope = here;
        return new Moved(x.add(here.mul(sigmas[index + 1] - sigma)), start);
      }
      from = null;
      slope = null;
      Tensor mean = first.add(here).div(Tensor.scalar(2));
      return new Moved(begun.add(mean.mul(sigma - sigmas[index - 1])), start);
    }
  }
}
