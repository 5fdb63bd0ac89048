package ornstein.diffusion.solver;

import java.util.Iterator;
import java.util.NoSuchElementException;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.engine.Tensor;

/** Walks the times of a grid, one step of a solver from each to the next. */
final class SolverChain implements Iterator<SamplingStep> {
  private final double[] times;
  private final Stepper stepper;
  private Tensor x;
  private int done;

  /**
   * A walk at its start.
   *
   * @param process the process
   * @param grid which times are visited
   * @param x the sample at the first of them
   * @param stepper makes the steps, and remembers what it needs of earlier ones
   */
  SolverChain(ContinuousProcess process, TimeGrid grid, Tensor x, Stepper stepper) {
    this.times = grid.times(process);
    for (int i = 0; i < times.length; i++) {
      boolean falls = i == 0 ? times[i] <= process.schedule().end() : times[i] < times[i - 1];
      if (!(falls && (times[i] > 0 || (times[i] == 0 && i == times.length - 1)))) {
        throw new IllegalArgumentException(
            "a solver's times must fall from at most "
                + process.schedule().end()
                + " to at least 0, but number "
                + i
                + " is "
                + times[i]);
      }
    }
    if (times.length < 2) {
      throw new IllegalArgumentException("a solver needs two times at least, got " + times.length);
    }
    this.x = x;
    this.stepper = stepper;
  }

  /** Makes one step of a batch. */
  @FunctionalInterface
  interface Stepper {

    /**
     * From one time to an earlier one.
     *
     * @param x the sample at time t
     * @param index which step of the walk it is, from 0
     * @param t the time, above 0
     * @param s the time to reach, below t; 0 is clean data
     */
    Moved step(Tensor x, int index, double t, double s);
  }

  /** The sample after a step and the clean data that was predicted on the way. */
  record Moved(Tensor x, Tensor start) {}

  @Override
  public boolean hasNext() {
    return done < times.length - 1;
  }

  @Override
  public SamplingStep next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the last time has been reached");
    }
    int timestep = (int) Math.ceil(times[done]);
    Moved moved = stepper.step(x, done, times[done], times[done + 1]);
    done++;
    x = moved.x();
    return SamplingStep.of(done, times.length - 1, timestep, moved.x(), moved.start());
  }
}
