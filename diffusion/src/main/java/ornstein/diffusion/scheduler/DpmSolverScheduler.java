package ornstein.diffusion.scheduler;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * diffusers' DPMSolverMultistepScheduler: DPM-Solver and DPM-Solver++ of order 1 to 3, also with
 * noise (Lu et al. 2022, "DPM-Solver" and "DPM-Solver++").
 */
final class DpmSolverScheduler extends Scheduler {
  private static final Map<String, Algorithm> ALGORITHMS =
      Map.of(
          "dpmsolver", new Algorithm(false, false),
          "dpmsolver++", new Algorithm(true, false),
          "sde-dpmsolver", new Algorithm(false, true),
          "sde-dpmsolver++", new Algorithm(true, true),
          "deis", new Algorithm(true, false)); // as diffusers reads other schedulers' files

  private final Chain chain;
  private final Levels levels;
  private final Spacing.Rule spacing;
  private final @Nullable Spread spread;
  private final boolean lu;
  private final boolean rounds;
  private final float end;
  private final int last;
  private final Rule rule;

  /**
   * What is integrated.
   *
   * @param ofData the predicted clean data; otherwise the predicted noise
   * @param noisy whether steps add noise
   */
  record Algorithm(boolean ofData, boolean noisy) {}

  /**
   * What a step needs to know.
   *
   * @param heun whether the second order is Heun's and not the midpoint's
   * @param lowerOrderFinal whether runs of fewer than 15 steps end with lower orders
   * @param eulerAtFinal whether all runs end with order 1
   * @param learned whether half of the output is a learned variance
   */
  record Rule(
      Algorithm algorithm,
      int order,
      boolean heun,
      boolean lowerOrderFinal,
      boolean eulerAtFinal,
      boolean learned,
      Prediction prediction,
      Clipping clipping) {}

  DpmSolverScheduler(Options options) {
    super(options);
    this.chain = Chain.finite(options);
    this.levels = new Levels(chain);
    this.spacing = Spacing.of(options, Spacing.LINSPACE);
    this.spread = Spread.of(options);
    // Karras' levels come first where both are asked for, the exponential ones after these.
    this.lu = options.flag("use_lu_lambdas", false) && spread != Spread.KARRAS;
    this.rounds = !options.text("beta_schedule", "linear").equals("squaredcos_cap_v2");
    Flow.refuse(options);
    String name = options.text("algorithm_type", "dpmsolver++");
    Algorithm algorithm = ALGORITHMS.get(name);
    if (algorithm == null) {
      throw options.notOneOf(
          "algorithm_type", name, ALGORITHMS.keySet().stream().sorted().toList());
    }
    int order = options.integer("solver_order", 2);
    int most = name.equals("sde-dpmsolver") ? 2 : 3;
    options.require(
        order >= 1 && order <= most,
        "solver_order",
        "must be from 1 to " + most + " with " + name + ", not " + order);
    boolean zero = Levels.endsAtZero(options);
    options.require(
        algorithm.ofData() || !zero, "final_sigmas_type", "must be sigma_min with " + name);
    this.end = zero ? 0 : chain.sigma(0);
    boolean euler = options.flag("euler_at_final", false);
    String solver = options.text("solver_type", "midpoint");
    if (!List.of("midpoint", "heun", "logrho", "bh1", "bh2").contains(solver)) {
      throw options.notOneOf("solver_type", solver, List.of("midpoint", "heun"));
    }
    this.last = last(options);
    String variance = options.text("variance_type", "");
    this.rule =
        new Rule(
            algorithm,
            order,
            solver.equals("heun"),
            options.flag("lower_order_final", true),
            euler || zero,
            List.of("learned", "learned_range").contains(variance),
            Prediction.of(options, Prediction.COMMON),
            Clipping.thresholdingOr(new Clipping.None(), options));
  }

  /** How many timesteps have a λ of at least the least one. */
  private int last(Options options) {
    double least = options.numberOrInfinity("lambda_min_clipped");
    int kept = chain.steps();
    while (kept > 0 && Level.lambda(chain.alphaBar(kept - 1)) < (float) least) {
      kept--;
    }
    options.require(kept > 0, "lambda_min_clipped", "must leave some timesteps; choose -5.1");
    return kept;
  }

  @Override
  public Run begin(int steps) {
    Spacing.requireSteps(chain.steps(), steps);
    float[] times;
    double[] chosen;
    Spread between = spread;
    if (lu) {
      chosen = levels.lu(steps);
      times = levels.wholeTimesteps(chosen, rounds);
    } else if (between != null) {
      chosen = between.between(chain.sigma(0), chain.sigma(chain.steps() - 1), steps);
      times = levels.wholeTimesteps(chosen, rounds && between == Spread.KARRAS);
    } else {
      times = spacing.withoutLast(chain.steps(), last, steps);
      chosen = levels.at(times);
    }
    return new DpmSolverRun(rule, times, Level.of(Levels.ending(chosen, end)));
  }
}
