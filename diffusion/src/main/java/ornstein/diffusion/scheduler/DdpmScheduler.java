package ornstein.diffusion.scheduler;

import static ornstein.diffusion.scheduler.Float32.exp;
import static ornstein.diffusion.scheduler.Float32.log;
import static ornstein.diffusion.scheduler.Float32.sqrt;

import java.util.List;
import java.util.function.Supplier;
import ornstein.engine.Tensor;

/** diffusers' DDPMScheduler: ancestral sampling, with the predecessor in the run's own list. */
final class DdpmScheduler extends Scheduler {
  private static final float LEAST_VARIANCE = 1e-20f;

  private final Chain chain;
  private final Spacing.Rule spacing;
  private final Prediction prediction;
  private final Clipping clipping;
  private final Variance variance;

  /** The variance of a step; the learned ones are a second half of the output's channels. */
  private enum Variance {
    FIXED_SMALL,
    FIXED_SMALL_LOG,
    FIXED_LARGE,
    LEARNED,
    LEARNED_RANGE
  }

  DdpmScheduler(Options options) {
    super(options);
    this.chain =
        Chain.rescalable(
            options, BetaSchedule.commonAnd(BetaSchedule.SIGMOID, BetaSchedule.LAPLACE));
    this.spacing = Spacing.of(options, Spacing.LEADING);
    this.prediction = Prediction.of(options, Prediction.COMMON);
    this.clipping = Clipping.thresholdingOr(Clipping.of(options, true), options);
    options.require(
        !options.text("variance_type", "").equals("fixed_large_log"),
        "variance_type",
        "must not be fixed_large_log, of which diffusers takes the root of a negative number; what"
            + " is meant is fixed_large");
    this.variance =
        options.choice("variance_type", Variance.FIXED_SMALL, List.of(Variance.values()));
  }

  @Override
  public Run begin(int steps) {
    return new Run(spacing.timesteps(chain.steps(), steps)) {
      @Override
      Moved move(int index, Tensor output, Tensor x, Supplier<Tensor> noise) {
        boolean last = index == count() - 1;
        float before = last ? 1 : chain.alphaBar(timestep(index + 1));
        return DdpmScheduler.this.move(timestep(index), before, output, x, noise);
      }
    };
  }

  private Moved move(int t, float before, Tensor output, Tensor x, Supplier<Tensor> noise) {
    boolean learned = variance == Variance.LEARNED || variance == Variance.LEARNED_RANGE;
    Tensor said = learned ? Halves.first(output, x) : output;
    float bar = chain.alphaBar(t);
    float alpha = bar / before;
    float beta = 1 - alpha;
    Tensor start = clipping.apply(prediction.start(x, said, sqrt(bar), sqrt(1 - bar)));
    float ofStart = sqrt(before) * beta / (1 - bar);
    float ofSample = sqrt(alpha) * (1 - before) / (1 - bar);
    Tensor mean = start.mul(ofStart).add(x.mul(ofSample));
    if (t == 0) {
      return new Moved(mean, start);
    }
    float small = Math.max((1 - before) / (1 - bar) * beta, LEAST_VARIANCE);
    Tensor z = noise.get();
    Tensor added =
        switch (variance) {
          case FIXED_SMALL -> z.mul(sqrt(small));
          case FIXED_SMALL_LOG -> z.mul(exp(0.5f * log(small)));
          case FIXED_LARGE -> z.mul(sqrt(beta));
          case LEARNED -> Halves.second(output, x).sqrt().mul(z);
          case LEARNED_RANGE -> {
            Tensor share = Halves.second(output, x).add(1f).div(Tensor.scalar(2));
            Tensor rest = Tensor.scalar(1).sub(share);
            Tensor logs = share.mul(log(beta)).add(rest.mul(log(small)));
            yield exp(logs.mul(0.5f)).mul(z);
          }
        };
    return new Moved(mean.add(added), start);
  }
}
