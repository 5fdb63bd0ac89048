package ornstein.diffusion.scheduler;

import static ornstein.diffusion.scheduler.Float32.exp;
import static ornstein.diffusion.scheduler.Float32.sqrt;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import ornstein.diffusion.scheduler.Scheduler.Moved;
import ornstein.engine.Tensor;

/** The steps of DPM-Solver. */
final class DpmSolverRun extends Scheduler.Run {
  /** Runs of fewer steps end with lower orders. */
  private static final int FEW = 15;

  private final DpmSolverScheduler.Rule rule;
  private final Level[] levels;

  /** What was integrated in the last steps, the newest first. */
  private final List<Tensor> history = new ArrayList<>();

  DpmSolverRun(DpmSolverScheduler.Rule rule, float[] times, Level[] levels) {
    super(times);
    this.rule = rule;
    this.levels = levels;
  }

  @Override
  Moved move(int index, Tensor output, Tensor x, Supplier<Tensor> noise) {
    Tensor said = rule.learned() ? Halves.first(output, x) : output;
    Level here = levels[index];
    Tensor start = rule.prediction().start(x, said, here.alpha(), here.sigma());
    Tensor used;
    if (rule.algorithm().ofData()) {
      start = rule.clipping().apply(start);
      used = start;
    } else {
      used = rule.prediction().noise(x, said, here.alpha(), here.sigma());
      if (rule.clipping() instanceof Clipping.Threshold threshold) {
        start = threshold.apply(Prediction.EPSILON.start(x, used, here.alpha(), here.sigma()));
        used = Prediction.SAMPLE.noise(x, start, here.alpha(), here.sigma());
      }
    }
    int known = history.size();
    history.addFirst(used);
    if (history.size() > rule.order()) {
      history.removeLast();
    }
    Integral integral = integral(here, levels[index + 1]);
    Tensor moved = x.mul(integral.kept()).add(history.get(0).mul(integral.zeroth()));
    switch (Math.min(order(index), known + 1)) {
      case 1 -> {}
      case 2 -> moved = moved.add(slope(index, 0).mul(integral.first(rule.heun())));
      default -> moved = third(moved, index, integral);
    }
    return new Moved(
        rule.algorithm().noisy() ? moved.add(noise.get().mul(integral.noise())) : moved, start);
  }

  private int order(int index) {
    boolean few = rule.lowerOrderFinal() && count() < FEW;
    if (index == count() - 1 && (few || rule.eulerAtFinal())) {
      return 1;
    }
    return index == count() - 2 && few ? Math.min(rule.order(), 2) : rule.order();
  }

  /** A divided difference of the history, times the width of the step. */
  private Tensor slope(int index, int age) {
    return history.get(age).sub(history.get(age + 1)).mul(1 / ratio(index, age));
  }

  /** The width in λ of an earlier step to that of this one. */
  private float ratio(int index, int age) {
    Level to = levels[index - age];
    float width = levels[index + 1].lambda() - levels[index].lambda();
    return (to.lambda() - levels[index - age - 1].lambda()) / width;
  }

  private Tensor third(Tensor moved, int index, Integral integral) {
    float r0 = ratio(index, 0);
    float r1 = ratio(index, 1);
    Tensor newer = slope(index, 0);
    Tensor difference = newer.sub(slope(index, 1));
    Tensor first = newer.add(difference.mul(r0 / (r0 + r1)));
    Tensor second = difference.mul(1 / (r0 + r1));
    return moved.add(first.mul(integral.first(true))).add(second.mul(integral.second()));
  }

  /**
   * Coefficients of one step.
   *
   * @param kept of the sample
   * @param zeroth of the newest in the history
   * @param half the first slope's, by the midpoint rule
   * @param exact the first slope's, integrated exactly
   * @param second the second slope's
   * @param noise of the noise
   */
  private record Integral(
      float kept, float zeroth, float half, float exact, float second, float noise) {
    float first(boolean integrated) {
      return integrated ? exact : half;
    }
  }

  /** The operations are in diffusers' order; signs commute with rounding. */
  private Integral integral(Level from, Level to) {
    float h = to.lambda() - from.lambda();
    boolean noisy = rule.algorithm().noisy();
    if (rule.algorithm().ofData()) {
      float a = to.alpha();
      float ratio = to.sigma() / from.sigma();
      if (noisy) {
        float decay = exp(-2 * h);
        float zeroth = a * (1 - decay);
        float square = 2 * h * (2 * h);
        return new Integral(
            ratio * exp(-h),
            zeroth,
            0.5f * zeroth,
            a * ((1 - decay) / (-2 * h) + 1),
            a * ((1 - decay - 2 * h) / square - 0.5f),
            to.sigma() * sqrt(1 - decay));
      }
      float decay = exp(-h) - 1;
      return new Integral(
          ratio,
          -(a * decay),
          -(0.5f * (a * decay)),
          a * (decay / h + 1),
          -(a * ((decay + h) / (h * h) - 0.5f)),
          0);
    }
    float s = to.sigma();
    float growth = exp(h) - 1;
    float times = noisy ? 2 : 1;
    return new Integral(
        to.alpha() / from.alpha(),
        -(times * (s * growth)),
        noisy ? -(s * growth) : -(0.5f * (s * growth)),
        -(times * (s * (growth / h - 1))),
        -(s * ((growth - h) / (h * h) - 0.5f)),
        s * sqrt(exp(2 * h) - 1));
  }
}
