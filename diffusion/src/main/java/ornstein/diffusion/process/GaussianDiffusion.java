package ornstein.diffusion.process;

import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;

/**
 * The mathematics of a Gaussian diffusion in float64: forward marginals, posteriors and the family
 * of reverse steps, for every pair of timesteps of a schedule (Ho et al. 2020, section 2; Song et
 * al. 2021, section 3). Immutable.
 *
 * <p>Steps t run from 1 to T, the number of steps of the (possibly spaced) schedule; 0 is clean
 * data. Every method throws {@link IndexOutOfBoundsException} for a step outside its range.
 */
public final class GaussianDiffusion {
  private final SpacedSchedule schedule;
  private final BetaSchedule betas;

  /**
   * The diffusion of a spaced schedule.
   *
   * @param schedule the kept steps and their map to the timesteps that the network was trained with
   */
  public GaussianDiffusion(SpacedSchedule schedule) {
    this.schedule = schedule;
    this.betas = schedule.betas();
  }

  /**
   * The diffusion that visits every step of a schedule and tells the network timesteps scaled to 0
   * … 1000 (the default of improved-diffusion).
   *
   * @param schedule the schedule
   * @return the diffusion
   */
  public static GaussianDiffusion of(BetaSchedule schedule) {
    return new GaussianDiffusion(SpacedSchedule.of(schedule, TimestepSpacing.all(), true));
  }

  /**
   * The same long chain, visited at other timesteps.
   *
   * @param spacing which timesteps of the original schedule to visit
   * @return the diffusion of the kept steps
   * @throws IllegalArgumentException if the spacing has no choice for the original's length
   */
  public GaussianDiffusion respaced(TimestepSpacing spacing) {
    return new GaussianDiffusion(schedule.respaced(spacing));
  }

  /**
   * The long chain that this one was taken from.
   *
   * @return the diffusion that visits every timestep of the original schedule; this one if it does
   */
  public GaussianDiffusion original() {
    return steps() == schedule.original().steps() ? this : respaced(TimestepSpacing.all());
  }

  /**
   * The schedule.
   *
   * @return the kept steps with their map to the original timesteps
   */
  public SpacedSchedule schedule() {
    return schedule;
  }

  /**
   * The number of steps.
   *
   * @return T of this chain, the S of a spaced one
   */
  public int steps() {
    return betas.steps();
  }

  /**
   * The variance that step t adds.
   *
   * @param t the step, 1 to T
   * @return β<sub>t</sub>; for a spaced chain β'<sub>t</sub>
   */
  public double beta(int t) {
    return betas.beta(t);
  }

  /**
   * The signal's share of the variance.
   *
   * @param t the step, 0 to T
   * @return ᾱ<sub>t</sub>, 1 at step 0
   */
  public double alphaBar(int t) {
    return betas.alphaBar(t);
  }

  /**
   * The signal's share of the variance one step nearer to the data.
   *
   * @param t the step, 1 to T
   * @return ᾱ<sub>t−1</sub>
   */
  public double alphaBarPrevious(int t) {
    return betas.alphaBar(t - 1);
  }

  /**
   * The signal's share of the variance one step nearer to noise.
   *
   * @param t the step, 0 to T
   * @return ᾱ<sub>t+1</sub>, and 0 at the last step
   */
  public double alphaBarNext(int t) {
    return t == steps() ? 0 : betas.alphaBar(t + 1);
  }

  /**
   * The forward transition over several steps, q(x<sub>t</sub>|x<sub>s</sub>) =
   * N(√(ᾱ<sub>t</sub>/ᾱ<sub>s</sub>) x<sub>s</sub>, (1−ᾱ<sub>t</sub>/ᾱ<sub>s</sub>) I).
   *
   * @param s the earlier step, 0 to t−1
   * @param t the later step, 1 to T
   * @return the kernel
   * @throws IllegalArgumentException if s is not before t
   */
  public GaussianKernel forward(int s, int t) {
    requireBefore(s, t);
    double ratio = alphaBar(t) / alphaBar(s);
    // 1 − ratio loses digits where β is small, √(1 − β) where it is near 1.
    return new GaussianKernel(Math.sqrt(ratio), s == t - 1 ? beta(t) : 1 - ratio);
  }

  /**
   * The marginal q(x<sub>t</sub>|x<sub>0</sub>) = N(√ᾱ<sub>t</sub> x<sub>0</sub>, (1−ᾱ<sub>t</sub>)
   * I) (Ho et al. 2020, equation 4).
   *
   * @param t the step, 0 to T
   * @return the kernel; the identity at step 0
   */
  public GaussianKernel marginal(int t) {
    return new GaussianKernel(Math.sqrt(alphaBar(t)), 1 - alphaBar(t));
  }

  /**
   * The posterior q(x<sub>s</sub>|x<sub>t</sub>, x<sub>0</sub>) of the Markov chain (Ho et al.
   * 2020, equations 6 and 7, with ᾱ<sub>t</sub>/ᾱ<sub>s</sub> in the place of α<sub>t</sub>).
   *
   * @param t the later step, 1 to T
   * @param s the earlier step, 0 to t−1
   * @return its coefficients; at s = 0 it is x<sub>0</sub> exactly
   * @throws IllegalArgumentException if s is not before t
   */
  public ReverseKernel posterior(int t, int s) {
    GaussianKernel step = forward(s, t);
    double noiseAtT = 1 - alphaBar(t);
    double noiseAtS = 1 - alphaBar(s);
    if (s == 0) {
      return new ReverseKernel(0, 1, 0);
    }
    return new ReverseKernel(
        step.scale() * noiseAtS / noiseAtT,
        Math.sqrt(alphaBar(s)) * step.variance() / noiseAtT,
        Math.sqrt(step.variance() * noiseAtS / noiseAtT));
  }

  /**
   * The reverse step of standard deviation σ that preserves the marginals: κ =
   * √(1−ᾱ<sub>s</sub>−σ²)/√(1−ᾱ<sub>t</sub>), λ = √ᾱ<sub>s</sub> − κ√ᾱ<sub>t</sub> (Song et al.
   * 2021, equation 7).
   *
   * @param t the later step, 1 to T
   * @param s the earlier step, 0 to t−1
   * @param sigma σ, from 0 to √(1−ᾱ<sub>s</sub>)
   * @return its coefficients
   * @throws IllegalArgumentException if s is not before t, or σ is outside its range
   */
  public ReverseKernel reverse(int t, int s, double sigma) {
    requireBefore(s, t);
    double noiseAtS = 1 - alphaBar(s);
    double limit = Math.sqrt(noiseAtS);
    // A caller's σ² = 1−ᾱ_s, computed another way, may exceed the limit by its rounding.
    if (!(sigma >= 0 && sigma <= limit * (1 + 1e-12))) {
      throw new IllegalArgumentException(
          "no step from "
              + t
              + " to "
              + s
              + " with sigma = "
              + sigma
              + " preserves the marginals; sigma must lie between 0 and "
              + limit);
    }
    double direction = Math.sqrt(Math.max(0, noiseAtS - sigma * sigma));
    double kappa = direction / Math.sqrt(1 - alphaBar(t));
    return new ReverseKernel(kappa, Math.sqrt(alphaBar(s)) - kappa * Math.sqrt(alphaBar(t)), sigma);
  }

  /**
   * The noise of a DDIM step, η √((1−ᾱ<sub>s</sub>)/(1−ᾱ<sub>t</sub>))
   * √(1−ᾱ<sub>t</sub>/ᾱ<sub>s</sub>) (Song et al. 2021, equation 16): 0 at η = 0, the posterior's
   * standard deviation at η = 1.
   *
   * @param eta η, at least 0
   * @param t the later step, 1 to T
   * @param s the earlier step, 0 to t−1
   * @return σ, at least 0
   * @throws IllegalArgumentException if η is negative or not a number, or s is not before t
   */
  public double sigma(double eta, int t, int s) {
    if (!(eta >= 0)) {
      throw new IllegalArgumentException("eta must be at least 0, got " + eta);
    }
    return eta
        * Math.sqrt((1 - alphaBar(s)) / (1 - alphaBar(t)))
        * Math.sqrt(forward(s, t).variance());
  }

  /**
   * The factor on x<sub>t</sub> that predicts x<sub>0</sub> from noise.
   *
   * @param t the step, 0 to T
   * @return 1/√ᾱ<sub>t</sub>
   */
  public double sqrtRecipAlphaBar(int t) {
    return Math.sqrt(1 / alphaBar(t));
  }

  /**
   * The factor on ε that predicts x<sub>0</sub> from noise; also the noise-to-signal ratio r of
   * DDIM's ordinary differential equation.
   *
   * @param t the step, 0 to T
   * @return √(1/ᾱ<sub>t</sub> − 1)
   */
  public double sqrtRecipAlphaBarMinusOne(int t) {
    return Math.sqrt(1 / alphaBar(t) - 1);
  }

  /**
   * The posterior's variance for one step (Ho et al. 2020, equation 7).
   *
   * @param t the step, 1 to T
   * @return β̃<sub>t</sub> = β<sub>t</sub>(1−ᾱ<sub>t−1</sub>)/(1−ᾱ<sub>t</sub>), 0 at step 1
   */
  public double posteriorVariance(int t) {
    return beta(t) * (1 - alphaBarPrevious(t)) / (1 - alphaBar(t));
  }

  /**
   * The logarithm of the posterior's variance, with step 2's in the place of step 1's, which is −∞
   * (improved-diffusion's convention). A chain of one step has no second: there it is log
   * β<sub>1</sub>.
   *
   * @param t the step, 1 to T
   * @return log β̃<sub>max(t,2)</sub>
   */
  public double posteriorLogVarianceClipped(int t) {
    return StrictMath.log(clippedPosteriorVariance(t));
  }

  /**
   * The posterior's variance, with step 2's in the place of step 1's, which is 0; β<sub>1</sub> in
   * a chain of one step.
   *
   * @param t the step, 1 to T
   * @return β̃<sub>max(t,2)</sub>, above 0
   */
  public double clippedPosteriorVariance(int t) {
    if (t != 1) {
      return posteriorVariance(t);
    }
    return steps() == 1 ? beta(1) : posteriorVariance(2);
  }

  /**
   * The large choice of the reverse step's variance (Ho et al. 2020, section 3.2).
   *
   * @param t the step, 1 to T
   * @return β<sub>t</sub>; β̃<sub>2</sub> at step 1, as improved-diffusion has it
   */
  public double largeVariance(int t) {
    return t == 1 ? clippedPosteriorVariance(1) : beta(t);
  }

  @Override
  public String toString() {
    return "diffusion over " + schedule;
  }

  private static void requireBefore(int s, int t) {
    if (s >= t) {
      throw new IllegalArgumentException(
          "a transition needs an earlier and a later step, but " + s + " is not before " + t);
    }
  }
}
