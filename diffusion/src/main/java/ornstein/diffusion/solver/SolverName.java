package ornstein.diffusion.solver;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import ornstein.diffusion.sampler.Sampler;

/** The solvers by the names that people give them. */
public enum SolverName {
  /** Euler's method in σ, which is DDIM. */
  EULER("euler", 1),
  /** Heun's method in σ. */
  HEUN("heun", 2),
  /** The midpoint rule in σ. */
  MIDPOINT("midpoint", 2),
  /** The classical Runge–Kutta method in σ. */
  RK4("rk4", 4),
  /** Dormand and Prince's adaptive method, to a relative and absolute tolerance of 10⁻⁴. */
  RK45("rk45", 5),
  /** DPM-Solver-1. */
  DPM1("dpm1", 1),
  /** DPM-Solver-2. */
  DPM2("dpm2", 2),
  /** DPM-Solver-3. */
  DPM3("dpm3", 3),
  /** DPM-Solver++(2M). */
  DPMPP_2M("dpm++2m", 2),
  /** DPM-Solver++(2S). */
  DPMPP_2S("dpm++2s", 2),
  /** SDE-DPM-Solver++(2M), stochastic. */
  SDE_DPMPP_2M("sde-dpm++2m", 1),
  /** UniPC of order 2. */
  UNIPC2("unipc2", 3),
  /** UniPC of order 3. */
  UNIPC3("unipc3", 4),
  /** The pseudo linear multistep method. */
  PLMS("plms", 2),
  /** The same after pseudo Runge–Kutta steps. */
  PNDM("pndm", 2),
  /** Heun's method in σ with noise added before each step, stochastic. */
  EDM("edm", 2),
  /** Euler's method on the straight path, for networks that predict its velocity. */
  FLOW_EULER("flow-euler", 1),
  /** Heun's method on the straight path. */
  FLOW_HEUN("flow-heun", 2);

  private final String text;
  private final int order;

  SolverName(String text, int order) {
    this.text = text;
    this.order = order;
  }

  /**
   * The solver along some times, without those of less signal than λ = −5.1, except on the straight
   * path, where no noise is too much.
   *
   * @param times the times
   * @return the solver
   */
  public Sampler along(TimeGrid times) {
    boolean straight = this == FLOW_EULER || this == FLOW_HEUN;
    TimeGrid grid = straight ? times : times.from(TimeGrid.LEAST_LAMBDA);
    return switch (this) {
      case EULER -> RungeKutta.of(Tableau.EULER).along(grid);
      case HEUN -> RungeKutta.of(Tableau.HEUN).along(grid);
      case MIDPOINT -> RungeKutta.of(Tableau.MIDPOINT).along(grid);
      case RK4 -> RungeKutta.of(Tableau.RK4).along(grid);
      case RK45 -> AdaptiveRungeKutta.of(1e-4, 1e-4).along(grid);
      case DPM1 -> DpmSolver.ofOrder(1).along(grid);
      case DPM2 -> DpmSolver.ofOrder(2).along(grid);
      case DPM3 -> DpmSolver.ofOrder(3).along(grid);
      case DPMPP_2M -> DpmSolverPlusPlus.multistep().along(grid);
      case DPMPP_2S -> DpmSolverPlusPlus.singleStep().along(grid);
      case SDE_DPMPP_2M -> DpmSolverPlusPlus.stochastic().along(grid);
      case UNIPC2 -> UniPc.ofOrder(2).along(grid);
      case UNIPC3 -> UniPc.ofOrder(3).along(grid);
      case PLMS -> Plms.multistep().along(grid);
      case PNDM -> Plms.withRungeKutta().along(grid);
      case EDM -> RungeKutta.of(Tableau.HEUN).churned(Churn.IMAGENET).along(grid);
      case FLOW_EULER -> RungeKutta.of(Tableau.EULER).in(OdeVariable.STRAIGHT).along(grid);
      case FLOW_HEUN -> RungeKutta.of(Tableau.HEUN).in(OdeVariable.STRAIGHT).along(grid);
    };
  }

  /**
   * How fast the error falls with the step, in the weak sense for a stochastic one.
   *
   * @return the order of convergence
   */
  public int order() {
    return order;
  }

  /**
   * Whether it draws noise on the way, so that the start alone does not decide the end.
   *
   * @return true for those of a stochastic equation
   */
  public boolean isStochastic() {
    return this == SDE_DPMPP_2M || this == EDM;
  }

  /**
   * The solver of a name.
   *
   * @param name its name, in any case
   * @return the solver
   * @throws IllegalArgumentException if the name is unknown
   */
  public static SolverName named(String name) {
    for (SolverName s : values()) {
      if (s.text.equalsIgnoreCase(name.toLowerCase(Locale.ROOT))) {
        return s;
      }
    }
    throw new IllegalArgumentException("unknown solver '" + name + "'; use one of " + names());
  }

  /**
   * All names.
   *
   * @return the names with commas between them
   */
  public static String names() {
    return Arrays.stream(values()).map(SolverName::toString).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return text;
  }
}
