package ornstein.diffusion.solver;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import ornstein.diffusion.process.Prediction;
import ornstein.engine.Tensor;

/**
 * The pseudo linear multistep method: DDIM's step with a combination of the last four predicted
 * noises, that of Adams and Bashforth, in the place of the last (Liu et al. 2022, "Pseudo Numerical
 * Methods for Diffusion Models on Manifolds", sections 3.3 and 3.4, F-PNDM and S-PNDM). The
 * combination is made for even steps in time; the order of convergence is 2.
 */
public final class Plms extends ExponentialSolver {
  /** Weights of the last noises, the newest first, by how many there are. */
  private static final double[][] ADAMS_BASHFORTH = {
    {1},
    {3.0 / 2, -1.0 / 2},
    {23.0 / 12, -16.0 / 12, 5.0 / 12},
    {55.0 / 24, -59.0 / 24, 37.0 / 24, -9.0 / 24}
  };

  private final boolean rungeKutta;

  private Plms(boolean rungeKutta, TimeGrid grid) {
    super(grid);
    this.rungeKutta = rungeKutta;
  }

  /**
   * The method whose first step is Heun's and whose next two are of lower order: one evaluation of
   * the network a step, one more in the first.
   *
   * @return the solver, along the chain's timesteps
   */
  public static Plms multistep() {
    return new Plms(false, TimeGrid.visited());
  }

  /**
   * The method whose first three steps are pseudo Runge–Kutta steps, which ask the network four
   * times each and between timesteps.
   *
   * @return the solver, along the chain's timesteps
   */
  public static Plms withRungeKutta() {
    return new Plms(true, TimeGrid.visited());
  }

  /**
   * The same along other times.
   *
   * @param other the grid, even in time
   * @return the changed solver
   */
  public Plms along(TimeGrid other) {
    return new Plms(rungeKutta, other);
  }

  @Override
  Rule begin(Run run) {
    Deque<Tensor> noises = new ArrayDeque<>();
    return (x, from, to, index) -> {
      Prediction first = run.predict(x, from);
      noises.addFirst(first.noise());
      if (noises.size() > ADAMS_BASHFORTH.length) {
        noises.removeLast();
      }
      Tensor noise;
      if (to.t() == 0) {
        noise = first.noise(); // nothing can be asked at time 0, nor is the step even
      } else if (rungeKutta && index < 3) {
        noise = rungeKutta(run, x, from, to, first.noise());
      } else if (index == 0) {
        noise = heun(run, x, from, to, first.noise());
      } else {
        noise = combination(noises);
      }
      return new SolverChain.Moved(byNoise(x, from, to, noise), first.start());
    };
  }

  private static Tensor combination(Deque<Tensor> noises) {
    double[] weights = ADAMS_BASHFORTH[noises.size() - 1];
    Iterator<Tensor> newest = noises.iterator();
    Tensor sum = newest.next().mul((float) weights[0]);
    for (int i = 1; i < weights.length; i++) {
      sum = sum.add(newest.next().mul((float) weights[i]));
    }
    return sum;
  }

  private static Tensor heun(Run run, Tensor x, NoiseLevel from, NoiseLevel to, Tensor noise) {
    Tensor ahead = run.predict(byNoise(x, from, to, noise), to).noise();
    return noise.add(ahead).mul(0.5f);
  }

  private static Tensor rungeKutta(
      Run run, Tensor x, NoiseLevel from, NoiseLevel to, Tensor noise) {
    NoiseLevel half = NoiseLevel.at(run.schedule(), 0.5 * (from.t() + to.t()));
    Tensor second = run.predict(byNoise(x, from, half, noise), half).noise();
    Tensor third = run.predict(byNoise(x, from, half, second), half).noise();
    Tensor fourth = run.predict(byNoise(x, from, to, third), to).noise();
    return noise.add(fourth).add(second.add(third).mul(2f)).mul((float) (1.0 / 6));
  }

  @Override
  public String toString() {
    return rungeKutta ? "pndm" : "plms";
  }
}
