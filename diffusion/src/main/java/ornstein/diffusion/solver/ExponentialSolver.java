package ornstein.diffusion.solver;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.Prediction;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * A solver that treats the linear part of the probability-flow equation exactly, in the variable λ
 * = ½ log SNR, and approximates what the network predicts by a polynomial in λ (Lu et al. 2022,
 * "DPM-Solver", section 3.1). Subclasses say how a step is made.
 */
abstract sealed class ExponentialSolver implements Sampler
    permits DpmSolver, DpmSolverPlusPlus, UniPc, Plms {
  private final TimeGrid grid;

  ExponentialSolver(TimeGrid grid) {
    this.grid = grid;
  }

  TimeGrid grid() {
    return grid;
  }

  /** Begins a run, which may remember earlier steps. */
  abstract Rule begin(Run run);

  /** How a step is made. */
  @FunctionalInterface
  interface Rule {

    /** From one level of noise to a lower one, at step {@code index} of {@code count}. */
    SolverChain.Moved step(Tensor x, NoiseLevel from, NoiseLevel to, int index);
  }

  /** What all steps of a run share. */
  record Run(ContinuousProcess process, int steps, @Nullable Tensor labels, NoiseSource noise) {

    Prediction predict(Tensor x, NoiseLevel at) {
      return process.predict(x, at.t(), labels);
    }

    NoiseSchedule schedule() {
      return process.schedule();
    }
  }

  @Override
  public Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    ContinuousProcess continuous = new ContinuousProcess(process);
    double[] times = grid.times(continuous);
    Rule rule = begin(new Run(continuous, times.length - 1, labels, noise));
    NoiseSchedule schedule = continuous.schedule();
    return new SolverChain(
        continuous,
        grid,
        x,
        (now, i, t, s) ->
            Autograd.noGrad(
                () -> rule.step(now, NoiseLevel.at(schedule, t), NoiseLevel.at(schedule, s), i)));
  }

  /**
   * The exact step for a constant ε: x<sub>s</sub> = α<sub>s</sub>/α<sub>t</sub> x<sub>t</sub> −
   * σ<sub>s</sub>(e<sup>h</sup> − 1) ε with h = λ<sub>s</sub> − λ<sub>t</sub> (Lu et al. 2022,
   * equation 3.7). It is DDIM's; with σ<sub>s</sub> e<sup>h</sup> = α<sub>s</sub>
   * σ<sub>t</sub>/α<sub>t</sub> it needs no exponential and reaches clean data.
   */
  static Tensor byNoise(Tensor x, NoiseLevel from, NoiseLevel to, Tensor noise) {
    double ratio = to.alpha() / from.alpha();
    return x.mul((float) ratio).add(noise.mul((float) (to.sigma() - ratio * from.sigma())));
  }

  /**
   * The exact step for a constant x<sub>0</sub>: x<sub>s</sub> = σ<sub>s</sub>/σ<sub>t</sub>
   * x<sub>t</sub> − α<sub>s</sub>(e<sup>−h</sup> − 1) x<sub>0</sub> (Lu et al. 2022,
   * "DPM-Solver++", equation 8); likewise without an exponential.
   */
  static Tensor byStart(Tensor x, NoiseLevel from, NoiseLevel to, Tensor start) {
    double ratio = to.sigma() / from.sigma();
    return x.mul((float) ratio).add(start.mul((float) (to.alpha() - ratio * from.alpha())));
  }
}
