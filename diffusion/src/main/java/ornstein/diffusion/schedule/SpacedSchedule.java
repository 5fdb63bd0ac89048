package ornstein.diffusion.schedule;

import java.util.Arrays;

/**
 * A schedule of S steps that visits timesteps τ<sub>1</sub> &lt; … &lt; τ<sub>S</sub> of a longer
 * one: β' = 1 − ᾱ<sub>t</sub>/ᾱ<sub>s</sub> between neighbours s &lt; t, so that ᾱ at the kept
 * steps is unchanged (Nichol and Dhariwal 2021, section 4). A network trained on the long chain is
 * still told the timestep it was trained with: {@link #modelTime}. Immutable.
 */
public final class SpacedSchedule {
  private final BetaSchedule original;
  private final BetaSchedule betas;
  private final int[] timesteps;
  private final boolean rescaleTimesteps;

  private SpacedSchedule(BetaSchedule original, int[] timesteps, boolean rescaleTimesteps) {
    this.original = original;
    this.timesteps = timesteps;
    this.rescaleTimesteps = rescaleTimesteps;
    // Keeping all is the identity, exactly: 1 − ᾱ_t/ᾱ_{t−1} would lose digits of small β.
    this.betas = timesteps.length == original.steps() ? original : original.keeping(timesteps);
  }

  /**
   * The spaced schedule of given timesteps.
   *
   * @param original the long schedule, of T steps
   * @param rescaleTimesteps whether the network sees timesteps scaled to 0 … 1000 whatever T is
   * @param timesteps τ<sub>1</sub> &lt; … &lt; τ<sub>S</sub>, each in 1 … T
   * @return the spaced schedule
   * @throws IllegalArgumentException if there is no timestep, one is outside 1 … T, or they do not
   *     increase
   */
  public static SpacedSchedule of(
      BetaSchedule original, boolean rescaleTimesteps, int... timesteps) {
    int[] kept = timesteps.clone();
    if (kept.length == 0) {
      throw new IllegalArgumentException("a spaced schedule must keep at least one timestep");
    }
    int previous = 0;
    for (int t : kept) {
      if (t <= previous || t > original.steps()) {
        throw new IllegalArgumentException(
            "kept timesteps must increase from 1 to at most "
                + original.steps()
                + ", but "
                + t
                + " follows "
                + previous);
      }
      previous = t;
    }
    return new SpacedSchedule(original, kept, rescaleTimesteps);
  }

  /**
   * The spaced schedule that a spacing chooses.
   *
   * @param original the long schedule
   * @param spacing which timesteps to keep
   * @param rescaleTimesteps whether the network sees timesteps scaled to 0 … 1000 whatever T is
   * @return the spaced schedule
   * @throws IllegalArgumentException if the spacing has no choice for the schedule's length
   */
  public static SpacedSchedule of(
      BetaSchedule original, TimestepSpacing spacing, boolean rescaleTimesteps) {
    return of(original, rescaleTimesteps, spacing.timesteps(original.steps()));
  }

  /**
   * Another choice of timesteps of the same long schedule.
   *
   * @param spacing which timesteps of the original schedule to keep
   * @return the spaced schedule
   * @throws IllegalArgumentException if the spacing has no choice for the original's length
   */
  public SpacedSchedule respaced(TimestepSpacing spacing) {
    return of(original, spacing, rescaleTimesteps);
  }

  /**
   * The long schedule.
   *
   * @return the schedule that the timesteps were taken from
   */
  public BetaSchedule original() {
    return original;
  }

  /**
   * The short schedule: S steps with β' as their variances.
   *
   * @return the schedule of the kept steps
   */
  public BetaSchedule betas() {
    return betas;
  }

  /**
   * The number of kept steps.
   *
   * @return S, at least 1
   */
  public int steps() {
    return timesteps.length;
  }

  /**
   * Whether the network sees timesteps scaled to 0 … 1000.
   *
   * @return true if {@link #modelTime} multiplies by 1000/T
   */
  public boolean rescaleTimesteps() {
    return rescaleTimesteps;
  }

  /**
   * The timestep of the long chain that a step of the short one visits.
   *
   * @param step the step, 0 (clean data) to S
   * @return τ<sub>step</sub>, and 0 for step 0
   * @throws IndexOutOfBoundsException if the step is outside 0 … S
   */
  public int timestep(int step) {
    if (step < 0 || step > timesteps.length) {
      throw new IndexOutOfBoundsException("step " + step + " is outside 0 to " + timesteps.length);
    }
    return step == 0 ? 0 : timesteps[step - 1];
  }

  /**
   * All the kept timesteps.
   *
   * @return a fresh array τ<sub>1</sub> … τ<sub>S</sub> of timesteps in 1 … T
   */
  public int[] timesteps() {
    return timesteps.clone();
  }

  /**
   * The time that the network is told at a step: the original timestep counted from 0, as every
   * published checkpoint has it, times 1000/T if timesteps are rescaled. Fractional in general.
   *
   * @param step the step of the short chain, 1 to S
   * @return the time, in [0, T) or, rescaled, in [0, 1000)
   * @throws IndexOutOfBoundsException if the step is outside 1 … S
   */
  public double modelTime(int step) {
    if (step == 0) {
      throw new IndexOutOfBoundsException("clean data (step 0) has no time to tell the network");
    }
    return modelTimeOf(timestep(step));
  }

  /**
   * The time that the network is told at a timestep of the long chain, between two of them too.
   *
   * @param timestep the timestep, in (0, T]
   * @return the time, in (−1, T) or, rescaled, below 1000
   */
  public double modelTimeOf(double timestep) {
    double zeroBased = timestep - 1;
    return rescaleTimesteps ? zeroBased * (1000.0 / original.steps()) : zeroBased;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof SpacedSchedule other
        && original.equals(other.original)
        && Arrays.equals(timesteps, other.timesteps)
        && rescaleTimesteps == other.rescaleTimesteps;
  }

  @Override
  public int hashCode() {
    return 31 * original.hashCode() + Arrays.hashCode(timesteps);
  }

  @Override
  public String toString() {
    return timesteps.length + " of the " + original;
  }
}
