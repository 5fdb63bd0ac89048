package ornstein.diffusion.scheduler;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/** diffusers' EulerDiscreteScheduler without churn: Euler's method on x/√ᾱ in σ. */
final class EulerScheduler extends Scheduler {
  private final Chain chain;
  private final Levels levels;
  private final Spacing.Rule spacing;
  private final Prediction prediction;
  private final @Nullable Spread spread;
  private final boolean logLinear;
  private final boolean tellsLogs;
  private final float end;

  /** The ends of spread levels; not a number where they are the run's own. */
  private final double least;

  private final double most;

  EulerScheduler(Options options) {
    super(options);
    this.chain = Chain.finite(options);
    this.levels = new Levels(chain);
    this.spacing = Spacing.of(options, Spacing.LINSPACE);
    this.prediction =
        Prediction.of(
            options,
            List.of(
                Prediction.EPSILON,
                Prediction.SAMPLE,
                Prediction.V_PREDICTION,
                Prediction.ORIGINAL_SAMPLE));
    this.spread = Spread.of(options);
    this.logLinear =
        options.choice(
                "interpolation_type",
                Interpolation.LINEAR,
                List.of(Interpolation.LINEAR, Interpolation.LOG_LINEAR))
            == Interpolation.LOG_LINEAR;
    boolean continuous =
        options.choice("timestep_type", Told.DISCRETE, List.of(Told.DISCRETE, Told.CONTINUOUS))
            == Told.CONTINUOUS;
    this.tellsLogs = continuous && prediction == Prediction.V_PREDICTION;
    this.end = Levels.endsAtZero(options) ? 0 : chain.sigma(0);
    this.least = options.number("sigma_min", Double.NaN);
    this.most = options.number("sigma_max", Double.NaN);
    options.require(!(least <= 0), "sigma_min", "must be above 0, not " + least);
    options.require(!(most <= 0), "sigma_max", "must be above 0, not " + most);
  }

  private enum Interpolation {
    LINEAR,
    LOG_LINEAR
  }

  private enum Told {
    DISCRETE,
    CONTINUOUS
  }

  @Override
  public Run begin(int steps) {
    float[] times = spacing.fractions(chain.steps(), steps);
    double[] chosen = logLinear ? levels.logLinear(steps + 1) : levels.at(times);
    Spread rule = spread;
    if (rule != null) {
      double low = Double.isNaN(least) ? chosen[chosen.length - 1] : least;
      double high = Double.isNaN(most) ? chosen[0] : most;
      chosen = rule.between(low, high, steps);
      times = levels.timesteps(chosen);
    }
    float[] sigmas = Levels.ending(chosen, end);
    if (tellsLogs) {
      times = new float[sigmas.length - 1];
      for (int i = 0; i < times.length; i++) {
        times[i] = 0.25f * Float32.log(sigmas[i]);
      }
    }
    return new SigmaRun(times, sigmas, spacing.spacing() == Spacing.LEADING) {
      @Override
      Moved move(int index, Tensor output, Tensor x, Supplier<Tensor> noise) {
        float sigma = sigmas[index];
        Tensor start = prediction.startAtSigma(x, output, sigma);
        Tensor slope = x.sub(start).div(Tensor.scalar(sigma));
        return new Moved(x.add(slope.mul(sigmas[index + 1] - sigma)), start);
      }
    };
  }
}
