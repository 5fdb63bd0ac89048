package ornstein.diffusion.solver;

import java.util.Iterator;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.Prediction;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.sampler.SamplingListener;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * Solves the probability-flow equation by an explicit Runge–Kutta method with one step between
 * neighbouring times of a grid. Euler's is DDIM (Song et al. 2021, section 4.3); Heun's is the
 * deterministic sampler of Karras et al. 2022, algorithm 1.
 *
 * <p>The last step, to clean data, is Euler's with every method, because nothing can be asked of a
 * network at time 0.
 */
public final class RungeKutta implements Sampler {
  private final Tableau tableau;
  private final OdeVariable variable;
  private final TimeGrid grid;
  private final Churn churn;

  private RungeKutta(Tableau tableau, OdeVariable variable, TimeGrid grid, Churn churn) {
    this.tableau = tableau;
    this.variable = variable;
    this.grid = grid;
    this.churn = churn;
  }

  /**
   * A method in σ along the chain's timesteps.
   *
   * @param tableau the method
   * @return the solver
   */
  public static RungeKutta of(Tableau tableau) {
    return new RungeKutta(tableau, OdeVariable.SIGMA, TimeGrid.visited(), Churn.NONE);
  }

  /**
   * The same in another variable.
   *
   * @param other the variable
   * @return the changed solver
   */
  public RungeKutta in(OdeVariable other) {
    return new RungeKutta(tableau, other, grid, churn);
  }

  /**
   * The same along other times.
   *
   * @param other the grid
   * @return the changed solver
   */
  public RungeKutta along(TimeGrid other) {
    return new RungeKutta(tableau, variable, other, churn);
  }

  /**
   * The same with noise added before each step: with Heun's method, the stochastic sampler of
   * Karras et al. 2022, algorithm 2. {@link #encode} adds none.
   *
   * @param other how much noise
   * @return the changed solver
   */
  public RungeKutta churned(Churn other) {
    return new RungeKutta(tableau, variable, grid, other);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the process has no continuous view, or begins in pure noise
   *     and the variable is infinite there
   */
  @Override
  public Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    ContinuousProcess continuous = new ContinuousProcess(process);
    variable.requireFinite(continuous.schedule(), grid.times(continuous)[0]);
    Run run = new Run(continuous, labels);
    int steps = grid.times(continuous).length - 1;
    return new SolverChain(
        continuous,
        grid,
        x,
        (now, i, t, s) ->
            Autograd.noGrad(
                () -> {
                  double higher = churn.raised(continuous.schedule(), t, steps);
                  // Draw 0 made x_T.
                  return higher == t
                      ? run.step(now, t, s)
                      : run.step(run.noisier(now, t, higher, noise, i + 1), higher, s);
                }));
  }

  /**
   * Solves the equation from clean data towards noise, along the same times: what {@link #sample}
   * turns back into the data, but for the error of the steps (Song et al. 2021, section 4.3). In
   * the first interval, at whose beginning nothing can be asked, the noise is that which the
   * network sees at its end.
   *
   * @param process the reverse process
   * @param x clean samples [N, …]
   * @param labels [N], class numbers held as floats, or null without classes
   * @param listener told each step as it is done; false cancels
   * @return the noise x<sub>T</sub> that encodes them, at the grid's first time
   * @throws IllegalArgumentException as {@link #steps} does, or if the grid does not end at clean
   *     data
   * @throws CancellationException if the listener cancelled
   */
  public Tensor encode(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, SamplingListener listener) {
    ContinuousProcess continuous = new ContinuousProcess(process);
    double[] times = grid.times(continuous);
    int steps = times.length - 1;
    variable.requireFinite(continuous.schedule(), times[0]);
    if (times[steps] != 0) {
      throw new IllegalArgumentException("the last of the times must be 0, clean data");
    }
    Run run = new Run(continuous, labels);
    Tensor now = x;
    for (int i = steps; i > 0; i--) {
      Tensor before = now;
      double t = times[i];
      double s = times[i - 1];
      SolverChain.Moved moved =
          Autograd.noGrad(() -> t == 0 ? run.leave(before, s) : run.step(before, t, s));
      now = moved.x();
      int done = steps - i + 1;
      int timestep = (int) Math.ceil(s);
      if (!listener.onStep(SamplingStep.of(done, steps, timestep, now, moved.start())) && i > 1) {
        throw new CancellationException(
            "encoding was cancelled after step " + done + " of " + steps);
      }
    }
    return now;
  }

  @Override
  public String toString() {
    return churn.amount() == 0 ? tableau.name() : tableau.name() + " with churn";
  }

  private final class Run {
    private final ContinuousProcess process;
    private final @Nullable Tensor labels;

    Run(ContinuousProcess process, @Nullable Tensor labels) {
      this.process = process;
      this.labels = labels;
    }

    SolverChain.Moved step(Tensor x, double t, double s) {
      double from = variable.of(process.schedule(), t);
      double width = variable.of(process.schedule(), s) - from;
      Tensor y = x.mul((float) variable.scale(process.schedule(), t));
      Prediction first = process.predict(x, t, labels);
      Tableau method = s == 0 ? Tableau.EULER : tableau;
      Tensor[] slopes = new Tensor[method.stages()];
      slopes[0] = variable.slope(first);
      for (int i = 1; i < slopes.length; i++) {
        // The last node of a step is the time itself, without the rounding of an inverse.
        double at =
            method.node(i) == 1
                ? s
                : variable.timeOf(process.schedule(), from + method.node(i) * width);
        Tensor inner = moved(y, width, slopes, method, i);
        Tensor there = inner.mul((float) (1 / variable.scale(process.schedule(), at)));
        slopes[i] = variable.slope(process.predict(there, at, labels));
      }
      Tensor after = moved(y, width, slopes, method, method.stages());
      return new SolverChain.Moved(
          after.mul((float) (1 / variable.scale(process.schedule(), s))), first.start());
    }

    /** x̂ = x + √(σ̂² − σ²) S z in the view of σ, at its scale of signal. */
    Tensor noisier(Tensor x, double t, double higher, NoiseSource noise, int draw) {
      NoiseSchedule c = process.schedule();
      double added = Math.sqrt(c.sigma(higher) * c.sigma(higher) - c.sigma(t) * c.sigma(t));
      Tensor z = noise.draw(draw, x.shape());
      return x.mul((float) (c.alpha(higher) / c.alpha(t)))
          .add(z.mul((float) (c.alpha(higher) * added * churn.deviation())));
    }

    /**
     * From clean data to a first time, with the noise that is seen at its end. In σ, whatever the
     * variable: the data are known, so that only the noise is to be asked for.
     */
    SolverChain.Moved leave(Tensor x, double s) {
      Tensor faded = x.mul((float) process.schedule().alpha(s));
      Prediction p = process.predict(faded, s, labels);
      float deviation = (float) Math.sqrt(process.schedule().noiseVariance(s));
      return new SolverChain.Moved(faded.add(p.noise().mul(deviation)), p.start());
    }

    /** y + width · Σ a_row,j slope_j. */
    private Tensor moved(Tensor y, double width, Tensor[] slopes, Tableau method, int row) {
      Tensor sum = y;
      for (int j = 0; j < Math.min(row, slopes.length); j++) {
        double weight = method.weight(row, j);
        if (weight != 0) {
          sum = sum.add(slopes[j].mul((float) (width * weight)));
        }
      }
      return sum;
    }
  }
}
