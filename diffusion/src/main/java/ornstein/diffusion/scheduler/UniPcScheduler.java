package ornstein.diffusion.scheduler;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * diffusers' UniPCMultistepScheduler: a multistep predictor of order 1 to 3 with a corrector that
 * needs no further evaluation (Zhao et al. 2023, "UniPC: A Unified Predictor-Corrector Framework").
 */
final class UniPcScheduler extends Scheduler {
  private final Chain chain;
  private final Levels levels;
  private final Spacing.Rule spacing;
  private final @Nullable Spread spread;
  private final boolean zero;
  private final double least;
  private final double most;
  private final Rule rule;

  /**
   * What a step needs to know.
   *
   * @param linear whether B(h) is h and not e^h − 1 (the paper's B₁ and B₂)
   * @param ofData whether clean data are integrated and not noise
   * @param lowerOrderFinal whether runs end with lower orders
   * @param uncorrected steps after which the corrector is not used
   */
  record Rule(
      int order,
      boolean linear,
      boolean ofData,
      boolean lowerOrderFinal,
      List<Integer> uncorrected,
      Prediction prediction,
      Clipping clipping) {}

  UniPcScheduler(Options options) {
    super(options);
    this.chain = Chain.finite(options);
    this.levels = new Levels(chain);
    this.spacing = Spacing.of(options, Spacing.LINSPACE);
    this.spread = Spread.of(options);
    Flow.refuse(options);
    options.require(options.isNull("shift_terminal"), "shift_terminal", "must be null");
    options.require(
        options.isNull("solver_p"), "solver_p", "must be null: no other scheduler can predict");
    int order = options.integer("solver_order", 2);
    options.require(order >= 1 && order <= 3, "solver_order", "must be from 1 to 3, not " + order);
    String solver = options.text("solver_type", "bh2");
    if (!List.of("bh1", "bh2", "midpoint", "heun", "logrho").contains(solver)) {
      throw options.notOneOf("solver_type", solver, List.of("bh1", "bh2"));
    }
    boolean linear = solver.equals("bh1");
    boolean ofData = options.flag("predict_x0", true);
    boolean lower = options.flag("lower_order_final", true);
    this.zero = Levels.endsAtZero(options);
    options.require(
        !zero || (!linear && ofData && (lower || order == 1)),
        "final_sigmas_type",
        "must be sigma_min with solver_type bh1, without predict_x0 or without lower_order_final;"
            + " diffusers computes no number otherwise");
    this.least = options.number("sigma_min", Double.NaN);
    this.most = options.number("sigma_max", Double.NaN);
    options.require(!(least <= 0), "sigma_min", "must be above 0, not " + least);
    options.require(!(most <= 0), "sigma_max", "must be above 0, not " + most);
    Clipping threshold = Clipping.thresholdingOr(new Clipping.None(), options);
    this.rule =
        new Rule(
            order,
            linear,
            ofData,
            lower,
            options.integers("disable_corrector"),
            Prediction.of(options, Prediction.COMMON),
            ofData ? threshold : new Clipping.None());
  }

  @Override
  public Run begin(int steps) {
    Spacing.requireSteps(chain.steps(), steps);
    float[] times;
    double[] chosen;
    float end = zero ? 0 : chain.sigma(0);
    Spread between = spread;
    if (between == null) {
      times = spacing.withoutLast(chain.steps(), chain.steps(), steps);
      chosen = levels.at(times);
    } else {
      double low = Double.isNaN(least) ? chain.sigma(0) : least;
      double high = Double.isNaN(most) ? chain.sigma(chain.steps() - 1) : most;
      chosen = between.between(low, high, steps);
      times = levels.wholeTimesteps(chosen, between == Spread.KARRAS);
      end = zero ? 0 : (float) chosen[steps - 1];
    }
    return new UniPcRun(rule, times, Level.of(Levels.ending(chosen, end)));
  }
}
