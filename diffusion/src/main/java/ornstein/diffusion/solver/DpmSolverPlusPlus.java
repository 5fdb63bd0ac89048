package ornstein.diffusion.solver;

import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.Prediction;
import ornstein.engine.Tensor;

/**
 * DPM-Solver++: steps of order 1 or 2 on the predicted clean data (Lu et al. 2022, "DPM-Solver++:
 * Fast Solver for Guided Sampling of Diffusion Probabilistic Models"). The multistep form (2M,
 * algorithm 2) asks the network once a step; the single step form (2S, algorithm 1) twice. The SDE
 * form (section 4.4) of the multistep one adds noise, and has the data's law as well.
 */
public final class DpmSolverPlusPlus extends ExponentialSolver {
  private enum Kind {
    MULTISTEP,
    SINGLE_STEP,
    PAIRS,
    SDE
  }

  private final Kind kind;
  private final int order;

  private DpmSolverPlusPlus(Kind kind, int order, TimeGrid grid) {
    super(grid);
    this.kind = kind;
    this.order = order;
  }

  /**
   * The multistep solver of order 2, along the chain's timesteps.
   *
   * @return DPM-Solver++(2M)
   */
  public static DpmSolverPlusPlus multistep() {
    return new DpmSolverPlusPlus(Kind.MULTISTEP, 2, TimeGrid.visited());
  }

  /**
   * The single step solver of order 2, along the chain's timesteps.
   *
   * @return DPM-Solver++(2S)
   */
  public static DpmSolverPlusPlus singleStep() {
    return new DpmSolverPlusPlus(Kind.SINGLE_STEP, 2, TimeGrid.visited());
  }

  /**
   * The single step solver of order 2 whose steps lead over every other time of the grid, with the
   * time between as the place where the network is asked again: one evaluation for each time, as
   * the multistep solver has (diffusers' single step scheduler).
   *
   * @return the solver
   */
  public static DpmSolverPlusPlus pairs() {
    return new DpmSolverPlusPlus(Kind.PAIRS, 2, TimeGrid.visited());
  }

  /**
   * The stochastic multistep solver of order 2, along the chain's timesteps.
   *
   * @return SDE-DPM-Solver++(2M)
   */
  public static DpmSolverPlusPlus stochastic() {
    return new DpmSolverPlusPlus(Kind.SDE, 2, TimeGrid.visited());
  }

  /**
   * The same of order 1: deterministic it is DDIM, stochastic the ancestral step.
   *
   * @return the changed solver
   */
  public DpmSolverPlusPlus firstOrder() {
    return new DpmSolverPlusPlus(kind, 1, grid());
  }

  /**
   * The same along other times.
   *
   * @param other the grid
   * @return the changed solver
   */
  public DpmSolverPlusPlus along(TimeGrid other) {
    return new DpmSolverPlusPlus(kind, order, other);
  }

  @Override
  Rule begin(Run run) {
    return switch (kind) {
      case MULTISTEP, SDE -> new Multistep(run);
      case PAIRS -> new Pairs(run);
      case SINGLE_STEP ->
          (x, from, to, index) -> {
            Prediction first = run.predict(x, from);
            Tensor start = first.start();
            if (order == 2 && to.t() > 0) {
              NoiseLevel middle = from.towards(to, 0.5, run.schedule());
              start = run.predict(byStart(x, from, middle, start), middle).start();
            }
            return new SolverChain.Moved(byStart(x, from, to, start), first.start());
          };
    };
  }

  /** The first step of a pair is of order 1, the second goes over both from before the first. */
  private static final class Pairs implements Rule {
    private final Run run;
    private @Nullable Pair open;

    private record Pair(NoiseLevel at, Tensor x, Tensor start) {}

    Pairs(Run run) {
      this.run = run;
    }

    @Override
    public SolverChain.Moved step(Tensor x, NoiseLevel from, NoiseLevel to, int index) {
      Tensor start = run.predict(x, from).start();
      Pair first = open;
      if (first == null || to.t() == 0) {
        open = new Pair(from, x, start);
        return new SolverChain.Moved(byStart(x, from, to, start), start);
      }
      open = null;
      double part =
          0.5 * (to.lambda() - first.at().lambda()) / (from.lambda() - first.at().lambda());
      Tensor used = first.start().add(start.sub(first.start()).mul((float) part));
      return new SolverChain.Moved(byStart(first.x(), first.at(), to, used), start);
    }
  }

  private final class Multistep implements Rule {
    private final Run run;
    private @Nullable Tensor previous;
    private double previousWidth;

    Multistep(Run run) {
      this.run = run;
    }

    @Override
    public SolverChain.Moved step(Tensor x, NoiseLevel from, NoiseLevel to, int index) {
      Tensor start = run.predict(x, from).start();
      double h = to.lambda() - from.lambda();
      Tensor used = start;
      // The first step has no history; the last, to clean data, has no width in λ.
      if (order == 2 && previous != null && to.t() > 0) {
        double part = 0.5 * h / previousWidth;
        used = start.add(start.sub(previous).mul((float) part));
      }
      previous = start;
      previousWidth = h;
      Tensor after =
          kind == Kind.SDE ? noisy(x, from, to, used, index) : byStart(x, from, to, used);
      return new SolverChain.Moved(after, start);
    }

    /**
     * x_s = σ_s/σ_t e^−h x_t + α_s (1 − e^−2h) x_0 + σ_s √(1 − e^−2h) z, where σ_s/σ_t e^−h is the
     * posterior's κ.
     */
    private Tensor noisy(Tensor x, NoiseLevel from, NoiseLevel to, Tensor start, int index) {
      if (to.t() == 0) {
        return start;
      }
      double shrink = StrictMath.exp(-(to.lambda() - from.lambda()));
      double kept = shrink * to.sigma() / from.sigma();
      double fresh = -StrictMath.expm1(-2 * (to.lambda() - from.lambda()));
      Tensor z = run.noise().draw(run.steps() - index, x.shape());
      return x.mul((float) kept)
          .add(start.mul((float) (to.alpha() * fresh)))
          .add(z.mul((float) (to.sigma() * Math.sqrt(fresh))));
    }
  }

  @Override
  public String toString() {
    return switch (kind) {
      case MULTISTEP -> "dpm++" + order + "m";
      case SINGLE_STEP -> "dpm++" + order + "s";
      case PAIRS -> "dpm++" + order + "s over pairs";
      case SDE -> "sde-dpm++" + order + "m";
    };
  }
}
