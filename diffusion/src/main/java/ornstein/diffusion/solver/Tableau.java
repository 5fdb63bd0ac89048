package ornstein.diffusion.solver;

/**
 * An explicit Runge–Kutta method: nodes, the weights of earlier slopes at each stage, and those of
 * the result (Hairer, Nørsett and Wanner 1993, "Solving Ordinary Differential Equations I", section
 * II.1).
 */
public final class Tableau {
  /** Euler's method, of order 1. */
  public static final Tableau EULER =
      new Tableau("euler", 1, new double[] {0}, new double[][] {{}, {1}});

  /** Heun's method of order 2, the explicit trapezoidal rule. */
  public static final Tableau HEUN =
      new Tableau("heun", 2, new double[] {0, 1}, new double[][] {{}, {1}, {0.5, 0.5}});

  /** The explicit midpoint rule, of order 2. */
  public static final Tableau MIDPOINT =
      new Tableau("midpoint", 2, new double[] {0, 0.5}, new double[][] {{}, {0.5}, {0, 1}});

  /** The classical method of order 4. */
  public static final Tableau RK4 =
      new Tableau(
          "rk4",
          4,
          new double[] {0, 0.5, 0.5, 1},
          new double[][] {{}, {0.5}, {0, 0.5}, {0, 0, 1}, {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6}});

  private final String name;
  private final int order;
  private final double[] nodes;
  private final double[][] weights;

  /**
   * A method.
   *
   * @param nodes where the stages lie within a step, in [0, 1], the first at 0
   * @param weights a row for each stage, of the slopes before it; the last row makes the result
   */
  private Tableau(String name, int order, double[] nodes, double[][] weights) {
    this.name = name;
    this.order = order;
    this.nodes = nodes;
    this.weights = weights;
  }

  /**
   * What it is called.
   *
   * @return its name in lower case
   */
  public String name() {
    return name;
  }

  /**
   * How fast its error falls.
   *
   * @return the order of convergence
   */
  public int order() {
    return order;
  }

  /**
   * The stages.
   *
   * @return evaluations of the network in a step
   */
  public int stages() {
    return nodes.length;
  }

  /**
   * Where a stage lies within a step.
   *
   * @param stage the stage, from 0
   * @return its node, in [0, 1]
   */
  public double node(int stage) {
    return nodes[stage];
  }

  /**
   * The weight of a slope.
   *
   * @param row the stage that it is used in, or the number of stages for the result
   * @param stage the stage that it is from
   * @return its weight
   */
  public double weight(int row, int stage) {
    return weights[row][stage];
  }
}
