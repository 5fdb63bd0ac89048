package ornstein.diffusion.solver;

import java.util.stream.DoubleStream;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.diffusion.schedule.SpacedSchedule;

/**
 * Chooses the times that a solver visits. Each grid has as many steps as the process's chain has,
 * so that one setting, the chain's spacing, says how long sampling takes.
 */
@FunctionalInterface
public interface TimeGrid {
  /**
   * λ below which there is hardly any signal: the cosine schedule's tail breaks solvers in σ and in
   * λ. diffusers cuts there too.
   */
  double LEAST_LAMBDA = -5.1;

  /**
   * The times.
   *
   * @param process the process
   * @return falling times from the noisiest sample to the last, in timesteps of the original chain;
   *     at least two; only the last may be 0, clean data
   */
  double[] times(ContinuousProcess process);

  /**
   * The same without times of more noise than a given one: the first of them is moved to it, others
   * are left out. Where a schedule's tail has hardly any signal, as the cosine's, the steps of a
   * solver in σ or λ would be far too long there.
   *
   * @param lambda the least λ = ½ log SNR, such as {@link #LEAST_LAMBDA}
   * @return the changed grid
   */
  default TimeGrid from(double lambda) {
    return process -> {
      NoiseSchedule schedule = process.schedule();
      double[] times = times(process);
      if (schedule.lambda(times[0]) >= lambda) {
        return times;
      }
      double most = schedule.timeOfLambda(lambda);
      return DoubleStream.concat(
              DoubleStream.of(most), DoubleStream.of(times).filter(t -> t < most))
          .toArray();
    };
  }

  /**
   * The timesteps that the chain visits, and clean data.
   *
   * @return the grid
   */
  static TimeGrid visited() {
    return process -> {
      SpacedSchedule chain = process.process().diffusion().schedule();
      double[] times = new double[chain.steps() + 1];
      for (int step = 0; step <= chain.steps(); step++) {
        times[chain.steps() - step] = chain.timestep(step);
      }
      return times;
    };
  }

  /**
   * Between the chain's ends evenly in time.
   *
   * @return the grid
   */
  static TimeGrid uniform() {
    return spread((schedule, from, to, u) -> from + u * (to - from));
  }

  /**
   * Between the chain's ends evenly in λ = ½ log SNR (Lu et al. 2022, "DPM-Solver", section 3.4).
   * The same as evenly in log σ, the exponential grid of the k-diffusion samplers.
   *
   * @return the grid
   */
  static TimeGrid logSnr() {
    return spread(
        (schedule, from, to, u) -> {
          double first = schedule.lambda(from);
          return schedule.timeOfLambda(first + u * (schedule.lambda(to) - first));
        });
  }

  /**
   * Between the chain's ends midway between evenly in time and evenly in λ, which is cut at λ =
   * −5.1. Even times are too rare near clean data, where images get their details, and even λ in
   * the middle, where they get their shapes. With {@link OdeVariable#STRAIGHT}, Heun's method
   * encodes and decodes images with less error along this grid than along any other here: with five
   * steps of digits, 0.0020 a value against 0.0066 along even times and 0.0200 along even λ (docs,
   * reproductions).
   *
   * @return the grid
   */
  static TimeGrid balanced() {
    return spread(
        (schedule, from, to, u) -> {
          double first = Math.max(schedule.lambda(from), LEAST_LAMBDA);
          double even = schedule.timeOfLambda(first + u * (schedule.lambda(to) - first));
          return 0.5 * (even + from + u * (to - from));
        });
  }

  /**
   * Between the chain's ends evenly in σ<sup>1/ρ</sup> (Karras et al. 2022, equation 5).
   *
   * @param rho ρ, above 0; 7 is the paper's
   * @return the grid
   * @throws IllegalArgumentException if ρ is not above 0
   */
  static TimeGrid karras(double rho) {
    if (!(rho > 0)) {
      throw new IllegalArgumentException("rho must be above 0, got " + rho);
    }
    return spread(
        (schedule, from, to, u) -> {
          double first = StrictMath.pow(schedule.sigma(from), 1 / rho);
          double last = StrictMath.pow(schedule.sigma(to), 1 / rho);
          return schedule.timeOfSigma(StrictMath.pow(first + u * (last - first), rho));
        });
  }

  /** A way from one time to another. */
  @FunctionalInterface
  interface Path {

    /**
     * A time on the way.
     *
     * @param schedule the schedule
     * @param from where the way begins
     * @param to where it ends
     * @param u how much of it is done, in (0, 1)
     * @return the time
     */
    double at(NoiseSchedule schedule, double from, double to, double u);
  }

  /**
   * Spreads times between the first and the last timestep that the chain visits, and ends with
   * clean data.
   *
   * @param path the way between them
   * @return the grid
   */
  static TimeGrid spread(Path path) {
    return process -> {
      SpacedSchedule chain = process.process().diffusion().schedule();
      int steps = chain.steps();
      double from = chain.timestep(steps);
      double to = chain.timestep(1);
      if (steps > 1 && Double.isNaN(path.at(process.schedule(), from, to, 0.5))) {
        throw new IllegalArgumentException(
            "the schedule ends in pure noise, at an infinite ratio of noise to signal; use the"
                + " uniform grid, or the chain's own timesteps");
      }
      double[] times = new double[steps + 1];
      times[0] = from;
      for (int i = 1; i < steps - 1; i++) {
        times[i] = path.at(process.schedule(), from, to, i / (steps - 1.0));
      }
      if (steps > 1) {
        times[steps - 1] = to;
      }
      return times;
    };
  }
}
