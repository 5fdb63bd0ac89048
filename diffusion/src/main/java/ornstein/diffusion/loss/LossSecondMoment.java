package ornstein.diffusion.loss;

import java.util.Arrays;

/**
 * Importance sampling of steps: p<sub>t</sub> ∝ √E[L<sub>t</sub>²] over the last ten losses of each
 * step, mixed with a thousandth of uniform draws, which are all there is until every step has ten
 * (Nichol and Dhariwal 2021, section 3.3). Not safe for use by several threads at once.
 */
public final class LossSecondMoment implements TimestepSampler {
  /** Losses remembered for each step. */
  private static final int HISTORY = 10;

  private static final double UNIFORM_PART = 0.001;

  private final int steps;
  private final float[] losses;
  private final int[] counts;
  private final double[] cumulative;
  private int full;
  private boolean stale = true;

  /**
   * A sampler without any losses.
   *
   * @param steps the number of steps T, from 1 to 2<sup>24</sup>
   * @throws IllegalArgumentException if there are no steps, or more than float32 can count
   */
  public LossSecondMoment(int steps) {
    UniformTimesteps.requireSteps(steps);
    this.steps = steps;
    this.losses = new float[Math.multiplyExact(steps, HISTORY)];
    this.counts = new int[steps];
    this.cumulative = new double[steps + 1];
  }

  @Override
  public void draw(float[] uniform, float[] step, float[] weight) {
    UniformTimesteps.requireLengths(uniform, step, weight);
    if (stale) {
      accumulate();
    }
    for (int i = 0; i < uniform.length; i++) {
      int found = Arrays.binarySearch(cumulative, uniform[i]);
      // Between two sums, which is where all but rare numbers fall, the search gives −(i) − 1.
      int t = Math.clamp(found >= 0 ? found + 1 : -found - 1, 1, steps);
      step[i] = t;
      weight[i] = (float) (1 / (steps * probability(t)));
    }
  }

  /**
   * The probability of a step.
   *
   * @param t the step, 1 to T
   * @return p<sub>t</sub>
   */
  public double probability(int t) {
    if (stale) {
      accumulate();
    }
    return cumulative[t] - cumulative[t - 1];
  }

  private void accumulate() {
    double total = 0;
    for (int t = 0; t < steps; t++) {
      total += root(t);
    }
    double sum = 0;
    for (int t = 0; t < steps; t++) {
      double p =
          full < steps || !(total > 0)
              ? 1.0 / steps
              : (1 - UNIFORM_PART) * root(t) / total + UNIFORM_PART / steps;
      sum += p;
      cumulative[t + 1] = sum;
    }
    stale = false;
  }

  private double root(int t) {
    double squares = 0;
    for (int k = 0; k < HISTORY; k++) {
      double loss = losses[t * HISTORY + k];
      squares += loss * loss;
    }
    return Math.sqrt(squares / HISTORY);
  }

  @Override
  public void update(float[] step, float[] loss) {
    for (int i = 0; i < step.length; i++) {
      int t = (int) step[i] - 1;
      // The oldest is overwritten; which place that is does not matter to a mean of squares.
      losses[t * HISTORY + counts[t] % HISTORY] = loss[i];
      counts[t]++;
      full += counts[t] == HISTORY ? 1 : 0;
      if (counts[t] == 2 * HISTORY) {
        counts[t] = HISTORY; // as full, and at the same place
      }
    }
    stale = true;
  }

  /** For each step its losses and how many of them there are, T (10 + 1) numbers. */
  @Override
  public float[] state() {
    float[] state = Arrays.copyOf(losses, losses.length + steps);
    for (int t = 0; t < steps; t++) {
      state[losses.length + t] = counts[t];
    }
    return state;
  }

  @Override
  public void restore(float[] state) {
    if (state.length != losses.length + steps) {
      throw new IllegalArgumentException(
          "the history of "
              + steps
              + " steps has "
              + (losses.length + steps)
              + " numbers, got "
              + state.length);
    }
    System.arraycopy(state, 0, losses, 0, losses.length);
    full = 0;
    for (int t = 0; t < steps; t++) {
      counts[t] = (int) state[losses.length + t];
      full += counts[t] >= HISTORY ? 1 : 0;
    }
    stale = true;
  }
}
