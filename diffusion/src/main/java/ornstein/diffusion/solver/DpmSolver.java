package ornstein.diffusion.solver;

import ornstein.diffusion.process.Prediction;
import ornstein.engine.Tensor;

/**
 * DPM-Solver-1, -2 and -3: single steps of order 1 to 3 on the predicted noise, which ask the
 * network as many times (Lu et al. 2022, "DPM-Solver: A Fast ODE Solver for Diffusion Probabilistic
 * Model Sampling in Around 10 Steps", algorithms 1 and 2). DPM-Solver-1 is DDIM. The step to clean
 * data is of order 1.
 */
public final class DpmSolver extends ExponentialSolver {
  private final int order;

  private DpmSolver(int order, TimeGrid grid) {
    super(grid);
    this.order = order;
  }

  /**
   * The solver of an order, along the chain's timesteps.
   *
   * @param order 1, 2 or 3
   * @return the solver
   * @throws IllegalArgumentException if there is no such order
   */
  public static DpmSolver ofOrder(int order) {
    if (order < 1 || order > 3) {
      throw new IllegalArgumentException("DPM-Solver has orders 1 to 3, got " + order);
    }
    return new DpmSolver(order, TimeGrid.visited());
  }

  /**
   * The same along other times.
   *
   * @param other the grid
   * @return the changed solver
   */
  public DpmSolver along(TimeGrid other) {
    return new DpmSolver(order, other);
  }

  @Override
  Rule begin(Run run) {
    return (x, from, to, index) -> {
      Prediction first = run.predict(x, from);
      int taken = to.t() == 0 ? 1 : order;
      Tensor after =
          switch (taken) {
            case 1 -> byNoise(x, from, to, first.noise());
            case 2 -> second(run, x, from, to, first.noise());
            default -> third(run, x, from, to, first.noise());
          };
      return new SolverChain.Moved(after, first.start());
    };
  }

  /** Algorithm 1 with r₁ = ½: the slope halfway is taken for the mean. */
  private static Tensor second(Run run, Tensor x, NoiseLevel from, NoiseLevel to, Tensor noise) {
    NoiseLevel middle = from.towards(to, 0.5, run.schedule());
    Tensor between = byNoise(x, from, middle, noise);
    return byNoise(x, from, to, run.predict(between, middle).noise());
  }

  /** Algorithm 2 with r₁ = ⅓ and r₂ = ⅔. */
  private static Tensor third(Run run, Tensor x, NoiseLevel from, NoiseLevel to, Tensor noise) {
    double h = to.lambda() - from.lambda();
    NoiseLevel one = from.towards(to, 1.0 / 3, run.schedule());
    Tensor atOne = byNoise(x, from, one, noise);
    Tensor difference = run.predict(atOne, one).noise().sub(noise);
    NoiseLevel two = from.towards(to, 2.0 / 3, run.schedule());
    double curve = two.sigma() * 2 * phi2(2.0 / 3 * h);
    Tensor atTwo = byNoise(x, from, two, noise).sub(difference.mul((float) curve));
    Tensor last = run.predict(atTwo, two).noise().sub(noise);
    return byNoise(x, from, to, noise).sub(last.mul((float) (to.sigma() * 1.5 * phi2(h))));
  }

  /** (e^h − 1)/h − 1. */
  private static double phi2(double h) {
    return StrictMath.expm1(h) / h - 1;
  }

  @Override
  public String toString() {
    return "dpm-solver-" + order;
  }
}
