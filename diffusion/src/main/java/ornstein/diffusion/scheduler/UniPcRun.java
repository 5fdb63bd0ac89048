package ornstein.diffusion.scheduler;

import static ornstein.diffusion.scheduler.Float32.expm1;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.scheduler.Scheduler.Moved;
import ornstein.engine.Tensor;

/** The steps of UniPC. */
final class UniPcRun extends Scheduler.Run {
  private final UniPcScheduler.Rule rule;
  private final Level[] levels;

  /** What was integrated in the last steps, the newest first. */
  private final List<Tensor> history = new ArrayList<>();

  private @Nullable Tensor last;
  private int lastOrder;

  UniPcRun(UniPcScheduler.Rule rule, float[] times, Level[] levels) {
    super(times);
    this.rule = rule;
    this.levels = levels;
  }

  @Override
  Moved move(int index, Tensor output, Tensor x, Supplier<Tensor> noise) {
    Level here = levels[index];
    Tensor start =
        rule.clipping().apply(rule.prediction().start(x, output, here.alpha(), here.sigma()));
    Tensor used =
        rule.ofData() ? start : rule.prediction().noise(x, output, here.alpha(), here.sigma());
    Tensor from = x;
    if (last != null && !rule.uncorrected().contains(index - 1)) {
      from = moved(last, index - 1, lastOrder, used);
    }
    history.addFirst(used);
    if (history.size() > rule.order()) {
      history.removeLast();
    }
    int order = rule.lowerOrderFinal() ? Math.min(rule.order(), count() - index) : rule.order();
    lastOrder = Math.min(order, index + 1);
    last = from;
    return new Moved(moved(from, index, lastOrder, null), start);
  }

  /**
   * From one level to the next: the predictor, or with what the network said there the corrector.
   */
  private Tensor moved(Tensor x, int index, int order, @Nullable Tensor there) {
    Level to = levels[index + 1];
    Level from = levels[index];
    float h = to.lambda() - from.lambda();
    float[] ratios = new float[order];
    List<Tensor> slopes = new ArrayList<>();
    Tensor newest = history.getFirst();
    for (int i = 1; i < order; i++) {
      ratios[i - 1] = (levels[index - i].lambda() - from.lambda()) / h;
      slopes.add(history.get(i).sub(newest).div(Tensor.scalar(ratios[i - 1])));
    }
    ratios[order - 1] = 1;
    Weights weights = Weights.of(ratios, rule.ofData() ? -h : h, rule.linear(), there != null);
    float kept = rule.ofData() ? to.sigma() / from.sigma() : to.alpha() / from.alpha();
    float scale = rule.ofData() ? to.alpha() : to.sigma();
    Tensor moved = x.mul(kept).sub(newest.mul(scale * weights.first()));
    Tensor sum = null;
    for (int i = 0; i < slopes.size(); i++) {
      Tensor term = slopes.get(i).mul(weights.rho(i));
      sum = sum == null ? term : sum.add(term);
    }
    if (there != null) {
      Tensor term = there.sub(newest).mul(weights.rho(order - 1));
      sum = sum == null ? term : sum.add(term);
    }
    return sum == null ? moved : moved.sub(sum.mul(scale * weights.b()));
  }

  /** The paper's ρ, h φ₁(h) and B(h). */
  private static final class Weights {
    private final float[] rhos;
    private final float first;
    private final float b;

    private Weights(float[] rhos, float first, float b) {
      this.rhos = rhos;
      this.first = first;
      this.b = b;
    }

    float rho(int index) {
      return rhos[index];
    }

    float first() {
      return first;
    }

    float b() {
      return b;
    }

    static Weights of(float[] ratios, float h, boolean linear, boolean corrects) {
      int n = corrects ? ratios.length : ratios.length - 1;
      float first = expm1(h);
      float b = linear ? h : first;
      // A single weight is a half, whatever B(h) is.
      if (n <= 1) {
        return new Weights(new float[] {0.5f}, first, b);
      }
      float[][] powers = new float[n][n];
      float[] right = new float[n];
      float phi = first / h - 1;
      int factorial = 1;
      for (int k = 0; k < n; k++) {
        for (int i = 0; i < n; i++) {
          powers[i][k] = k == 0 ? 1 : powers[i][k - 1] * ratios[i];
        }
        right[k] = phi * factorial / b;
        factorial *= k + 2;
        phi = phi / h - (float) (1.0 / factorial);
      }
      // PyTorch factors the transpose of a matrix that is whole in memory. The corrector's is.
      float[] rhos =
          corrects
              ? new Factors(powers).solveTransposed(right)
              : new Factors(transposed(powers)).solve(right);
      return new Weights(rhos, first, b);
    }

    private static float[][] transposed(float[][] a) {
      float[][] t = new float[a.length][a.length];
      for (int r = 0; r < a.length; r++) {
        for (int c = 0; c < a.length; c++) {
          t[c][r] = a[r][c];
        }
      }
      return t;
    }
  }
}
