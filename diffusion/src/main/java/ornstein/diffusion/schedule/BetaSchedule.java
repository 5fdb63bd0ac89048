package ornstein.diffusion.schedule;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The variances β<sub>1</sub> … β<sub>T</sub> of the forward process
 * q(x<sub>t</sub>|x<sub>t−1</sub>) = N(√(1−β<sub>t</sub>) x<sub>t−1</sub>, β<sub>t</sub> I), and
 * their cumulative products ᾱ<sub>t</sub> = Π<sub>s≤t</sub> (1−β<sub>s</sub>) (Ho et al. 2020,
 * "Denoising Diffusion Probabilistic Models", section 2). Immutable, float64.
 *
 * <p>Every schedule that can be constructed has β in (0, 1) and ᾱ strictly decreasing in (0, 1);
 * only the last step may have β<sub>T</sub> = 1, which leaves no signal: ᾱ<sub>T</sub> = 0.
 */
public final class BetaSchedule {
  private static final String CUSTOM = "custom";
  private static final String ZERO_SNR = "zero_snr";
  private static final String SHIFT = "shift=";
  private static final String FLOAT32 = "float32";

  private final String name;
  private final double[] betas;
  private final double[] alphaBars;

  /** Index 0 of {@code alphaBars} is ᾱ_0 = 1, so that it is one longer than {@code betas}. */
  private BetaSchedule(String name, double[] betas, double[] alphaBars) {
    if (betas.length == 0) {
      throw new IllegalArgumentException("a " + name + " schedule needs at least 1 step, got 0");
    }
    for (int i = 0; i < betas.length; i++) {
      boolean last = i == betas.length - 1;
      if (!(betas[i] > 0 && (betas[i] < 1 || (last && betas[i] == 1)))) {
        throw new IllegalArgumentException(
            name
                + " schedule: beta must lie in (0, 1), at the last step in (0, 1], but beta_"
                + (i + 1)
                + " = "
                + betas[i]);
      }
      boolean positive = alphaBars[i + 1] > 0 || (last && betas[i] == 1);
      if (!(positive && alphaBars[i + 1] < alphaBars[i])) {
        throw new IllegalArgumentException(
            name
                + " schedule: the product of 1 - beta must fall strictly and stay above 0, but it"
                + " goes from "
                + alphaBars[i]
                + " to "
                + alphaBars[i + 1]
                + " at step "
                + (i + 1)
                + "; use fewer steps or other betas");
      }
    }
    this.name = name;
    this.betas = betas;
    this.alphaBars = alphaBars;
  }

  /**
   * The linear schedule from 10<sup>−4</sup> to 0.02 at T = 1000 (Ho et al. 2020, section 4), both
   * ends scaled by 1000/T so that the noise at the end hardly depends on T (as improved-diffusion
   * does).
   *
   * @param steps the number of steps T, at least 21: below that the scaled end reaches 1
   * @return the schedule, named {@code linear}
   * @throws IllegalArgumentException if {@code steps} is below 21
   */
  public static BetaSchedule linear(int steps) {
    return of(BetaFormula.LINEAR, steps);
  }

  /**
   * The cosine schedule: ᾱ(u) = cos²((u + 0.008)/1.008 · π/2) on u = t/T, β<sub>t</sub> = min(1 −
   * ᾱ(t/T)/ᾱ((t−1)/T), 0.999) (Nichol and Dhariwal 2021, "Improved DDPM", equation 17).
   *
   * @param steps the number of steps T, at least 1
   * @return the schedule, named {@code cosine}
   * @throws IllegalArgumentException if {@code steps} is below 1
   */
  public static BetaSchedule cosine(int steps) {
    return of(BetaFormula.COSINE, steps);
  }

  private static BetaSchedule of(BetaFormula formula, int steps) {
    requireSteps(formula.configurationName(), steps);
    double[] betas = formula.betas(steps);
    return new BetaSchedule(formula.configurationName(), betas, products(betas));
  }

  /**
   * A schedule of given variances.
   *
   * @param betas β<sub>1</sub> … β<sub>T</sub>, each in (0, 1); the last may be 1
   * @return the schedule, named {@code custom}
   * @throws IllegalArgumentException if there is none, if one is outside (0, 1), or if the product
   *     of 1 − β stops falling or underflows in float64
   */
  public static BetaSchedule of(double... betas) {
    double[] copy = betas.clone();
    return new BetaSchedule(CUSTOM, copy, products(copy));
  }

  /**
   * Whether the last step leaves no signal at all (Lin et al. 2024, "Common Diffusion Noise
   * Schedules and Sample Steps are Flawed", section 3.1). A network cannot tell clean data from the
   * noise of such a step.
   *
   * @return whether ᾱ<sub>T</sub> = 0
   */
  public boolean endsInPureNoise() {
    return alphaBars[betas.length] == 0;
  }

  /**
   * A schedule of given products, for programs that compute theirs in float32.
   *
   * @param alphaBars ᾱ<sub>1</sub> … ᾱ<sub>T</sub>, falling strictly from below 1; the last may be
   *     0
   * @return the schedule, named {@code custom}
   * @throws IllegalArgumentException if there is none, or they do not fall
   */
  public static BetaSchedule ofAlphaBars(double... alphaBars) {
    double[] bars = new double[alphaBars.length + 1];
    bars[0] = 1;
    System.arraycopy(alphaBars, 0, bars, 1, alphaBars.length);
    return ofAlphaBars(CUSTOM, bars);
  }

  /**
   * The schedule of a configuration's name: a formula, maybe followed by changes of it.
   *
   * @param name {@code linear}, {@code cosine} or another of {@link #names}, in any case; {@code
   *     linear_fixed}, {@code scaled_linear} and {@code sigmoid_beta} may be followed by the ends
   *     β<sub>1</sub> and β<sub>T</sub>, as in {@code linear_fixed:0.0001:0.02}; behind it {@code
   *     +zero_snr} for {@link #rescaledToZeroTerminalSnr}, {@code +float32} for {@link #inFloat32}
   *     and {@code +shift=s} for {@link #shiftedLogSnr}
   * @param steps the number of steps T
   * @return the schedule
   * @throws IllegalArgumentException if the name is unknown or the schedule has no such length
   */
  public static BetaSchedule named(String name, int steps) {
    List<String> parts = List.of(name.toLowerCase(Locale.ROOT).split("\\+", -1));
    BetaSchedule schedule = base(parts.get(0), steps);
    for (String change : parts.subList(1, parts.size())) {
      schedule = schedule.changed(change, name);
    }
    return schedule;
  }

  private static BetaSchedule base(String name, int steps) {
    String[] parts = name.split(":", -1);
    BetaFormula formula = BetaFormula.named(parts[0]);
    if (parts.length == 1) {
      return of(formula, steps);
    }
    try {
      if (parts.length == 3) {
        requireSteps(name, steps);
        double[] betas =
            formula.betas(steps, Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
        return new BetaSchedule(name, betas, products(betas));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + name + "' has an end that is no number", e);
    }
    throw new IllegalArgumentException(
        "'" + name + "' needs two ends, as in " + parts[0] + ":0.0001:0.02");
  }

  private BetaSchedule changed(String change, String name) {
    if (change.equals(ZERO_SNR)) {
      return rescaledToZeroTerminalSnr();
    }
    if (change.equals(FLOAT32)) {
      return inFloat32();
    }
    if (change.startsWith(SHIFT)) {
      try {
        return shiftedLogSnr(Double.parseDouble(change.substring(SHIFT.length())));
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "'" + change + "' in the noise schedule '" + name + "' has no number", e);
      }
    }
    throw new IllegalArgumentException(
        "unknown change '"
            + change
            + "' of the noise schedule '"
            + name
            + "'; use zero_snr, float32 or shift=s");
  }

  /**
   * The formulas that {@link #named} knows.
   *
   * @return their names with commas between them
   */
  public static String names() {
    return BetaFormula.names();
  }

  /**
   * The schedule as ddim and diffusers have it: each β and 1 − β rounded to float32, and every
   * product of them, which PyTorch accumulates in float64.
   *
   * @return the schedule
   * @throws IllegalArgumentException if the products stop falling in float32
   */
  public BetaSchedule inFloat32() {
    double[] bars = new double[alphaBars.length];
    bars[0] = 1;
    double product = 1;
    for (int t = 1; t < bars.length; t++) {
      product *= 1 - (float) betas[t - 1];
      bars[t] = (float) product;
    }
    return ofAlphaBars(name + "+" + FLOAT32, bars);
  }

  /**
   * The schedule whose last step leaves no signal: √ᾱ is moved and stretched so that it ends at 0
   * and begins as before (Lin et al. 2024, "Common Diffusion Noise Schedules and Sample Steps are
   * Flawed", algorithm 1).
   *
   * @return the schedule
   * @throws IllegalArgumentException if the schedule has one step
   */
  public BetaSchedule rescaledToZeroTerminalSnr() {
    if (steps() == 1) {
      throw new IllegalArgumentException("a schedule of one step would have no signal at all");
    }
    double first = Math.sqrt(alphaBars[1]);
    double last = Math.sqrt(alphaBars[steps()]);
    double[] bars = alphaBars.clone();
    for (int t = 1; t < bars.length; t++) {
      double root = (Math.sqrt(alphaBars[t]) - last) * first / (first - last);
      bars[t] = t == steps() ? 0 : root * root;
    }
    return ofAlphaBars(name + "+" + ZERO_SNR, bars);
  }

  /**
   * The schedule with another signal-to-noise ratio at each step: log SNR + shift (Hoogeboom et al.
   * 2023, "simple diffusion", section 3.1, where the shift is 2 log(64/d) for images of d pixels a
   * side; more noise for larger images).
   *
   * @param shift what is added to log SNR
   * @return the schedule
   * @throws IllegalArgumentException if the shift is not finite, or so large that ᾱ no longer falls
   *     in float64
   */
  public BetaSchedule shiftedLogSnr(double shift) {
    double factor = StrictMath.exp(shift);
    if (!Double.isFinite(factor) || factor == 0) {
      throw new IllegalArgumentException("the shift of log SNR must be moderate, got " + shift);
    }
    double[] bars = alphaBars.clone();
    for (int t = 1; t < bars.length; t++) {
      bars[t] = factor * bars[t] / (1 - bars[t] + factor * bars[t]);
    }
    return ofAlphaBars(name + "+" + SHIFT + shift, bars);
  }

  private static BetaSchedule ofAlphaBars(String name, double[] bars) {
    double[] betas = new double[bars.length - 1];
    for (int i = 0; i < betas.length; i++) {
      betas[i] = 1 - bars[i + 1] / bars[i];
    }
    return new BetaSchedule(name, betas, bars);
  }

  /**
   * The schedule that visits only some timesteps of this one: β' = 1 − ᾱ<sub>t</sub>/ᾱ<sub>s</sub>
   * between neighbours s &lt; t, with the ᾱ of the kept steps taken over bit for bit.
   */
  BetaSchedule keeping(int[] timesteps) {
    double[] bars = new double[timesteps.length + 1];
    bars[0] = 1;
    for (int i = 0; i < timesteps.length; i++) {
      bars[i + 1] = alphaBar(timesteps[i]);
    }
    return ofAlphaBars(name, bars);
  }

  /**
   * The name by which a configuration stores this schedule.
   *
   * @return the name for {@link #named}, or {@code custom} for given variances
   */
  public String name() {
    return name;
  }

  /**
   * The number of steps.
   *
   * @return T, at least 1
   */
  public int steps() {
    return betas.length;
  }

  /**
   * The variance that step t adds.
   *
   * @param t the timestep, 1 to T
   * @return β<sub>t</sub>, in (0, 1]
   * @throws IndexOutOfBoundsException if t is outside 1 … T
   */
  public double beta(int t) {
    if (t < 1 || t > betas.length) {
      throw new IndexOutOfBoundsException(
          "timestep " + t + " is outside 1 to " + betas.length + " of the " + name + " schedule");
    }
    return betas[t - 1];
  }

  /**
   * The signal's share of the variance at step t.
   *
   * @param t the timestep, 0 (clean data) to T
   * @return ᾱ<sub>t</sub>, in [0, 1]; 1 at t = 0, 0 only where the schedule {@linkplain
   *     #endsInPureNoise ends in pure noise}
   * @throws IndexOutOfBoundsException if t is outside 0 … T
   */
  public double alphaBar(int t) {
    if (t < 0 || t > betas.length) {
      throw new IndexOutOfBoundsException(
          "timestep " + t + " is outside 0 to " + betas.length + " of the " + name + " schedule");
    }
    return alphaBars[t];
  }

  /**
   * All the variances.
   *
   * @return a fresh array β<sub>1</sub> … β<sub>T</sub> (index 0 holds β<sub>1</sub>)
   */
  public double[] betas() {
    return betas.clone();
  }

  /**
   * All the cumulative products.
   *
   * @return a fresh array ᾱ<sub>0</sub> … ᾱ<sub>T</sub>, of length T + 1
   */
  public double[] alphaBars() {
    return alphaBars.clone();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof BetaSchedule other
        && name.equals(other.name)
        && Arrays.equals(betas, other.betas)
        && Arrays.equals(alphaBars, other.alphaBars);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(betas);
  }

  @Override
  public String toString() {
    return name + " schedule of " + betas.length + " steps";
  }

  private static void requireSteps(String name, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "a " + name + " schedule needs at least 1 step, got " + steps);
    }
  }

  private static double[] products(double[] betas) {
    double[] bars = new double[betas.length + 1];
    bars[0] = 1;
    for (int i = 0; i < betas.length; i++) {
      bars[i + 1] = bars[i] * (1 - betas[i]);
    }
    return bars;
  }
}
