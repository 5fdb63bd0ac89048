package ornstein.diffusion.scheduler;

import static ornstein.diffusion.scheduler.Float32.sqrt;

import java.util.function.Supplier;
import ornstein.engine.Tensor;

/**
 * diffusers' DDIMScheduler. A step goes to the timestep T // S earlier, whatever the spacing; the
 * noise of a clipped prediction stays the network's own.
 */
public final class DdimScheduler extends Scheduler {
  private final Chain chain;
  private final Spacing.Rule spacing;
  private final Prediction prediction;
  private final Clipping clipping;
  private final float finalAlphaBar;
  private final float eta;

  DdimScheduler(Options options) {
    super(options);
    this.chain = Chain.rescalable(options, BetaSchedule.COMMON);
    this.spacing = Spacing.of(options, Spacing.LEADING);
    this.prediction = Prediction.of(options, Prediction.COMMON);
    this.clipping = Clipping.thresholdingOr(Clipping.of(options, true), options);
    this.finalAlphaBar = options.flag("set_alpha_to_one", true) ? 1 : chain.alphaBar(0);
    this.eta = 0;
  }

  private DdimScheduler(Options options, DdimScheduler from, float eta) {
    super(options);
    this.chain = from.chain;
    this.spacing = from.spacing;
    this.prediction = from.prediction;
    this.clipping = from.clipping;
    this.finalAlphaBar = from.finalAlphaBar;
    this.eta = eta;
  }

  /**
   * The same with random steps: diffusers has η as an argument of its steps.
   *
   * @param other η, at least 0
   * @return the changed scheduler
   * @throws IllegalArgumentException if η is negative or not finite
   */
  public DdimScheduler withEta(double other) {
    if (!(other >= 0 && other <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException("eta must be at least 0, got " + other);
    }
    return new DdimScheduler(options(), this, (float) other);
  }

  @Override
  public Run begin(int steps) {
    float[] times = spacing.timesteps(chain.steps(), steps);
    int stride = chain.steps() / steps;
    return new Run(times) {
      @Override
      Moved move(int index, Tensor output, Tensor x, Supplier<Tensor> noise) {
        int t = timestep(index);
        int s = t - stride;
        float bar = chain.alphaBar(t);
        float before = s >= 0 ? chain.alphaBar(s) : finalAlphaBar;
        float signal = sqrt(bar);
        float deviation = sqrt(1 - bar);
        Tensor start = clipping.apply(prediction.start(x, output, signal, deviation));
        Tensor epsilon = prediction.noise(x, output, signal, deviation);
        float variance = (1 - before) / (1 - bar) * (1 - bar / before);
        float sigma = eta * sqrt(variance);
        Tensor direction = epsilon.mul(sqrt(1 - before - sigma * sigma));
        Tensor moved = start.mul(sqrt(before)).add(direction);
        return new Moved(eta > 0 ? moved.add(noise.get().mul(sigma)) : moved, start);
      }
    };
  }
}
