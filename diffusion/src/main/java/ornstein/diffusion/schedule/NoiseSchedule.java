package ornstein.diffusion.schedule;

/**
 * A noise schedule in continuous time: ᾱ(t) falls from 1 at t = 0 as t grows (Song et al. 2021,
 * "Score-Based Generative Modeling through SDEs", section 3.4). Solvers of differential equations
 * are written against it; {@link InterpolatedSchedule} makes one of a chain of steps.
 *
 * <p>The logarithm is the primitive, because both ᾱ near 0 and 1−ᾱ near 0 are had from it without
 * loss of digits. Everything is float64 and throws {@link IllegalArgumentException} for a time
 * outside [0, {@link #end}].
 */
public interface NoiseSchedule {

  /**
   * The time of most noise.
   *
   * @return the end of time, above 0
   */
  double end();

  /**
   * The logarithm of the signal's share of the variance.
   *
   * @param t the time, 0 to {@link #end}
   * @return log ᾱ(t), 0 at time 0, −∞ where there is no signal
   */
  double logAlphaBar(double t);

  /**
   * Its derivative by time.
   *
   * @param t the time, 0 to {@link #end}
   * @return d log ᾱ(t)/dt, negative inside
   */
  double logAlphaBarSlope(double t);

  /**
   * The time of a level of noise, the inverse of {@link #logAlphaBar}.
   *
   * @param logAlphaBar log ᾱ, between that of the end and 0
   * @return the time
   */
  double timeOf(double logAlphaBar);

  /**
   * The signal's share of the variance.
   *
   * @param t the time
   * @return ᾱ(t), in [0, 1]
   */
  default double alphaBar(double t) {
    return StrictMath.exp(logAlphaBar(t));
  }

  /**
   * The signal's factor.
   *
   * @param t the time
   * @return √ᾱ(t)
   */
  default double alpha(double t) {
    return StrictMath.exp(0.5 * logAlphaBar(t));
  }

  /**
   * The noise's share of the variance.
   *
   * @param t the time
   * @return 1 − ᾱ(t), with all digits
   */
  default double noiseVariance(double t) {
    return -StrictMath.expm1(logAlphaBar(t));
  }

  /**
   * The ratio of noise to signal: the σ of the variance-exploding view x/√ᾱ = x<sub>0</sub> + σ ε
   * (Karras et al. 2022, "Elucidating the Design Space", section 2).
   *
   * @param t the time
   * @return √((1−ᾱ)/ᾱ), 0 at time 0, ∞ where there is no signal
   */
  default double sigma(double t) {
    return Math.sqrt(StrictMath.expm1(-logAlphaBar(t)));
  }

  /**
   * Half the logarithm of the signal-to-noise ratio, the λ of the DPM solvers (Lu et al. 2022,
   * "DPM-Solver", section 3.1).
   *
   * @param t the time
   * @return ½ log(ᾱ/(1−ᾱ)), ∞ at time 0
   */
  default double lambda(double t) {
    return 0.5 * (logAlphaBar(t) - StrictMath.log(noiseVariance(t)));
  }

  /**
   * The time of a ratio of noise to signal.
   *
   * @param sigma σ, 0 to that of the end
   * @return the t with {@code sigma(t) = σ}
   */
  default double timeOfSigma(double sigma) {
    return timeOf(-StrictMath.log1p(sigma * sigma));
  }

  /**
   * The time of half a log-SNR.
   *
   * @param lambda λ, at least that of the end
   * @return the t with {@code lambda(t) = λ}
   */
  default double timeOfLambda(double lambda) {
    return timeOf(-StrictMath.log1p(StrictMath.exp(-2 * lambda)));
  }

  /**
   * The right-hand side of the probability-flow equation in this schedule's time, dx/dt = ½ (d log
   * ᾱ/dt) (x − ε/√(1−ᾱ)) (Song et al. 2021, "Score-Based Generative Modeling", equation 13, with
   * the score −ε/√(1−ᾱ)).
   *
   * @param t the time, above 0
   * @param x a coordinate of the noisy sample
   * @param noise the same of the predicted ε
   * @return dx/dt
   */
  default double probabilityFlow(double t, double x, double noise) {
    return 0.5 * logAlphaBarSlope(t) * (x - noise / Math.sqrt(noiseVariance(t)));
  }
}
