package ornstein.cli;

import ornstein.diffusion.Pipeline;
import ornstein.diffusion.likelihood.FlowLikelihood;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.diffusion.solver.OdeVariable;
import ornstein.diffusion.solver.RungeKutta;
import ornstein.diffusion.solver.Tableau;
import ornstein.diffusion.solver.TimeGrid;
import picocli.CommandLine.Option;

/** The probability flow between images and the noise that encodes them, and how it is solved. */
final class FlowArguments {
  /** Methods by name. */
  enum Method {
    /** One evaluation of the network a step: DDIM. */
    EULER,
    /** Two evaluations. */
    HEUN,
    /** Four evaluations. */
    RK4
  }

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "euler (DDIM), heun or rk4. Default: heun.")
  Method method = Method.HEUN;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Steps between image and noise. Default: 100, or the length of the chain.")
  int steps = 100;

  FlowArguments() {}

  /** The solver, the same for both ways. */
  RungeKutta solver() {
    return solver(tableau());
  }

  /**
   * The solver of a method, on the straight path. Euler's visits timesteps evenly, as the paper's
   * program does; methods of higher order go along times that leave them less error.
   */
  static RungeKutta solver(Tableau tableau) {
    return RungeKutta.of(tableau).in(OdeVariable.STRAIGHT).along(grid(tableau));
  }

  /** The likelihood, along the same. */
  FlowLikelihood likelihood(int probes) {
    return FlowLikelihood.hutchinson(tableau(), grid(tableau()), probes).in(OdeVariable.STRAIGHT);
  }

  private static TimeGrid grid(Tableau tableau) {
    TimeGrid grid = tableau.equals(Tableau.EULER) ? TimeGrid.visited() : TimeGrid.balanced();
    return grid.from(TimeGrid.LEAST_LAMBDA);
  }

  private Tableau tableau() {
    return switch (method) {
      case EULER -> Tableau.EULER;
      case HEUN -> Tableau.HEUN;
      case RK4 -> Tableau.RK4;
    };
  }

  /** The model's process along so many steps, with unbounded predictions. */
  ReverseProcess process(UsageCheck usage, Pipeline pipeline) {
    usage.require(steps >= 1, "--steps must be at least 1, got " + steps);
    return pipeline.process().respaced(TimestepSpacing.atMost(steps)).with(Thresholding.none());
  }
}
