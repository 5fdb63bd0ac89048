package ornstein.diffusion.solver;

import ornstein.diffusion.schedule.NoiseSchedule;

/**
 * A time as the DPM solvers see it.
 *
 * @param t the time, in timesteps of the original chain
 * @param alpha √ᾱ
 * @param sigma √(1−ᾱ); the standard deviation of the noise, not its ratio to the signal
 * @param lambda log(alpha/sigma), ∞ for clean data
 */
record NoiseLevel(double t, double alpha, double sigma, double lambda) {

  static NoiseLevel at(NoiseSchedule schedule, double t) {
    return new NoiseLevel(
        t, schedule.alpha(t), Math.sqrt(schedule.noiseVariance(t)), schedule.lambda(t));
  }

  /** The level whose λ lies a part of the way from this one's to another's. */
  NoiseLevel towards(NoiseLevel other, double part, NoiseSchedule schedule) {
    double between = lambda + part * (other.lambda - lambda);
    return at(schedule, schedule.timeOfLambda(between));
  }
}
