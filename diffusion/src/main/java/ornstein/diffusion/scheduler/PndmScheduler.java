package ornstein.diffusion.scheduler;

import static ornstein.diffusion.scheduler.Float32.sqrt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/**
 * diffusers' PNDMScheduler (Liu et al. 2022, "Pseudo Numerical Methods for Diffusion Models on
 * Manifolds"): a linear multistep method of order 4, begun by three Runge–Kutta steps of four
 * evaluations, or without them by methods of lower order, of which the first step is made twice.
 */
final class PndmScheduler extends Scheduler {
  private static final int ORDER = 4;

  private final Chain chain;
  private final Spacing.Rule spacing;
  private final Prediction prediction;
  private final boolean skipsRungeKutta;
  private final float finalAlphaBar;

  PndmScheduler(Options options) {
    super(options);
    this.chain = Chain.of(options, 1e-4, 0.02, BetaSchedule.COMMON);
    this.spacing = Spacing.of(options, Spacing.LEADING);
    this.prediction = Prediction.of(options, List.of(Prediction.EPSILON, Prediction.V_PREDICTION));
    this.skipsRungeKutta = options.flag("skip_prk_steps", false);
    this.finalAlphaBar = options.flag("set_alpha_to_one", false) ? 1 : chain.alphaBar(0);
  }

  @Override
  public Run begin(int steps) {
    float[] falling = spacing.timesteps(chain.steps(), steps);
    int stride = chain.steps() / steps;
    List<Float> times = new ArrayList<>();
    int rungeKutta = 0;
    if (skipsRungeKutta) {
      for (int i = 0; i < steps; i++) {
        times.add(falling[i]);
        if (i == 1) {
          times.add(falling[i]);
        }
      }
    } else {
      if (steps < ORDER) {
        throw new IllegalArgumentException(
            "PNDM needs at least " + ORDER + " steps, or skip_prk_steps, got " + steps);
      }
      int half = stride / 2;
      for (int i = 0; i < ORDER - 1; i++) {
        float between = falling[i + 1] + half;
        times.addAll(List.of(falling[i], between, between, falling[i + 1]));
      }
      rungeKutta = times.size();
      for (int i = ORDER - 1; i < steps; i++) {
        times.add(falling[i]);
      }
    }
    float[] all = new float[times.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = times.get(i);
    }
    return new Multistep(all, rungeKutta, stride);
  }

  private final class Multistep extends Run {
    private final int rungeKutta;
    private final int stride;

    /** The newest last. */
    private final List<Tensor> history = new ArrayList<>();

    private @Nullable Tensor from;
    private @Nullable Tensor sum;

    Multistep(float[] times, int rungeKutta, int stride) {
      super(times);
      this.rungeKutta = rungeKutta;
      this.stride = stride;
    }

    @Override
    Moved move(int index, Tensor output, Tensor x, Supplier<Tensor> noise) {
      float bar = chain.alphaBar(timestep(index));
      Tensor start = prediction.start(x, output, sqrt(bar), sqrt(1 - bar));
      Tensor moved =
          index < rungeKutta ? rungeKutta(index, output, x) : multistep(index, output, x);
      return new Moved(moved, start);
    }

    private Tensor rungeKutta(int index, Tensor output, Tensor x) {
      int stage = index % ORDER;
      int to = timestep(index) - (stage % 2 == 0 ? stride / 2 : 0);
      float weight = (float) (stage == 0 || stage == ORDER - 1 ? 1 / 6.0 : 1 / 3.0);
      Tensor weighted = output.mul(weight);
      Tensor total = sum == null || stage == 0 ? weighted : sum.add(weighted);
      if (stage == 0 || from == null) {
        history.add(output);
        from = x;
      }
      sum = total;
      Tensor used = stage == ORDER - 1 ? total : output;
      return transfer(from, timestep(index - stage), to, used);
    }

    private Tensor multistep(int index, Tensor output, Tensor x) {
      int t = timestep(index);
      if (index == 1 && from != null) {
        // The first step again, with the mean of what was said at both of its ends.
        Tensor mean = output.add(history.getLast()).div(Tensor.scalar(2));
        return transfer(from, t + stride, t, mean);
      }
      while (history.size() >= ORDER) {
        history.removeFirst();
      }
      history.add(output);
      from = x;
      return transfer(x, t, t - stride, combined());
    }

    /** Adams and Bashforth's formulas. */
    private Tensor combined() {
      int n = history.size();
      Tensor newest = history.getLast();
      return switch (n) {
        case 1 -> newest;
        case 2 -> newest.mul(3f).sub(history.get(0)).div(Tensor.scalar(2));
        case 3 ->
            newest
                .mul(23f)
                .sub(history.get(1).mul(16f))
                .add(history.get(0).mul(5f))
                .div(Tensor.scalar(12));
        default ->
            newest
                .mul(55f)
                .sub(history.get(2).mul(59f))
                .add(history.get(1).mul(37f))
                .sub(history.get(0).mul(9f))
                .mul((float) (1 / 24.0));
      };
    }

    /** The paper's formula 9. */
    private Tensor transfer(Tensor x, int t, int s, Tensor output) {
      float bar = chain.alphaBar(t);
      float before = s >= 0 ? chain.alphaBar(s) : finalAlphaBar;
      float rest = 1 - bar;
      Tensor epsilon = prediction.noise(x, output, sqrt(bar), sqrt(rest));
      float kept = sqrt(before / bar);
      float divisor = bar * sqrt(1 - before) + sqrt(bar * rest * before);
      return x.mul(kept).sub(epsilon.mul(before - bar).div(Tensor.scalar(divisor)));
    }
  }
}
