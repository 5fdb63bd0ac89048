package ornstein.diffusion.scheduler;

import static ornstein.diffusion.scheduler.Float32.sqrt;

import java.util.function.Supplier;
import ornstein.engine.Tensor;

/**
 * diffusers' DDIMInverseScheduler: from clean data to noise. The network is asked at the timestep
 * to be reached, about a sample of the one before.
 */
final class DdimInverseScheduler extends Scheduler {
  private final Chain chain;
  private final Spacing.Rule spacing;
  private final Prediction prediction;
  private final Clipping clipping;
  private final float initialAlphaBar;

  DdimInverseScheduler(Options options) {
    super(options);
    this.chain = Chain.rescalable(options, BetaSchedule.COMMON);
    this.spacing = Spacing.of(options, Spacing.LEADING);
    options.require(
        spacing.spacing() != Spacing.LINSPACE, "timestep_spacing", "must be leading or trailing");
    this.prediction = Prediction.of(options, Prediction.COMMON);
    this.clipping = Clipping.of(options, true);
    boolean one = options.flag("set_alpha_to_one", true);
    // An old name of that option, which wins.
    boolean startsAtOne = options.flag("set_alpha_to_zero", one);
    this.initialAlphaBar = startsAtOne ? 1 : chain.alphaBar(0);
  }

  @Override
  public Run begin(int steps) {
    float[] falling = spacing.timesteps(chain.steps(), steps);
    float[] rising = new float[falling.length];
    for (int i = 0; i < rising.length; i++) {
      rising[i] = falling[rising.length - 1 - i];
    }
    int stride = chain.steps() / steps;
    options()
        .require(
            prediction != Prediction.SAMPLE || initialAlphaBar < 1 || rising[0] >= stride,
            "set_alpha_to_one",
            "must be false where samples are predicted; diffusers divides by 0 otherwise");
    return new Run(rising) {
      @Override
      Moved move(int index, Tensor output, Tensor x, Supplier<Tensor> noise) {
        int next = timestep(index);
        int t = next - stride;
        float bar = t >= 0 ? chain.alphaBar(t) : initialAlphaBar;
        float after = chain.alphaBar(next);
        float signal = sqrt(bar);
        float deviation = sqrt(1 - bar);
        Tensor start = clipping.apply(prediction.start(x, output, signal, deviation));
        Tensor epsilon = prediction.noise(x, output, signal, deviation);
        Tensor direction = epsilon.mul(sqrt(1 - after));
        return new Moved(start.mul(sqrt(after)).add(direction), start);
      }
    };
  }
}
