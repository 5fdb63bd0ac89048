package ornstein.diffusion.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import ornstein.engine.Rng;
import ornstein.engine.Shape;

/** Row 14: whatever the steps are drawn by, the weighted loss is right on average. */
final class TimestepSamplerProperties {
  private static final String[] NAMES = {
    "uniform", "antithetic", "stratified", "low_discrepancy", "loss_second_moment"
  };

  /** A loss of each step that falls over the chain. */
  private static double loss(int t) {
    return 1 / Math.sqrt(t);
  }

  private static double mean(int steps) {
    double sum = 0;
    for (int t = 1; t <= steps; t++) {
      sum += loss(t) / steps;
    }
    return sum;
  }

  /** Means over batches of eight, of the weighted losses. */
  private static double[] estimates(TimestepSampler sampler, int batches, long seed) {
    float[] uniform = Rng.of(seed).uniform(Shape.of(8 * batches)).toArray();
    float[] u = new float[8];
    float[] step = new float[8];
    float[] weight = new float[8];
    double[] means = new double[batches];
    for (int b = 0; b < batches; b++) {
      System.arraycopy(uniform, 8 * b, u, 0, 8);
      sampler.draw(u, step, weight);
      for (int i = 0; i < 8; i++) {
        means[b] += weight[i] * loss((int) step[i]) / 8;
      }
    }
    return means;
  }

  /** A sampler that has seen ten losses of every step. */
  private static LossSecondMoment warm(int steps) {
    LossSecondMoment sampler = new LossSecondMoment(steps);
    float[] step = new float[steps];
    float[] losses = new float[steps];
    for (int t = 1; t <= steps; t++) {
      step[t - 1] = t;
      losses[t - 1] = (float) loss(t);
    }
    for (int k = 0; k < 10; k++) {
      sampler.update(step, losses);
    }
    return sampler;
  }

  private static double variance(double[] values, double mean) {
    double sum = 0;
    for (double v : values) {
      sum += (v - mean) * (v - mean);
    }
    return sum / values.length;
  }

  @Property(tries = 20)
  void everySamplerIsUnbiased(@ForAll @IntRange(min = 1, max = 60) int steps, @ForAll long seed) {
    for (String name : NAMES) {
      TimestepSampler sampler =
          name.startsWith("loss") ? warm(steps) : TimestepSampler.named(name, steps);
      double[] means = estimates(sampler, 4000, seed);
      double sum = 0;
      for (double m : means) {
        sum += m / means.length;
      }
      double error = 7 * Math.sqrt(variance(means, mean(steps)) / means.length);
      assertEquals(mean(steps), sum, error + 1e-6, name);
    }
  }

  /** With exact p ∝ √E[L²] the estimate of a loss without noise hardly varies. */
  @Property(tries = 20)
  void importanceSamplingVariesLessThanUniform(
      @ForAll @IntRange(min = 5, max = 60) int steps, @ForAll long seed) {
    double mean = mean(steps);
    double uniform = variance(estimates(TimestepSampler.uniform(steps), 2000, seed), mean);
    double importance = variance(estimates(warm(steps), 2000, seed), mean);
    // A thousandth of the draws is uniform, whose weights are off by as much.
    assertTrue(importance < 0.01 * uniform, importance + " against " + uniform);
    for (String name : new String[] {"antithetic", "stratified", "low_discrepancy"}) {
      double other = variance(estimates(TimestepSampler.named(name, steps), 2000, seed), mean);
      assertTrue(other < 0.9 * uniform, name + ": " + other + " against " + uniform);
    }
  }

  @Property(tries = 20)
  void theProbabilitiesAreThoseOfThePaper(@ForAll @IntRange(min = 2, max = 60) int steps) {
    LossSecondMoment sampler = warm(steps);
    double total = mean(steps) * steps;
    double sum = 0;
    for (int t = 1; t <= steps; t++) {
      double expected = 0.999 * loss(t) / total + 0.001 / steps;
      assertEquals(expected, sampler.probability(t), 1e-6);
      sum += sampler.probability(t);
    }
    assertEquals(1, sum, 1e-12);
  }

  @Example
  void itIsUniformUntilEveryStepHasTenLosses() {
    LossSecondMoment sampler = new LossSecondMoment(3);
    float[] one = {1};
    for (int k = 0; k < 50; k++) {
      sampler.update(one, new float[] {5});
      sampler.update(new float[] {2}, new float[] {1});
    }
    for (int k = 0; k < 9; k++) {
      sampler.update(new float[] {3}, new float[] {1});
    }
    assertEquals(1 / 3.0, sampler.probability(1), 1e-12);
    sampler.update(new float[] {3}, new float[] {1});
    assertEquals(0.999 * 5 / 7 + 0.001 / 3, sampler.probability(1), 1e-6);
    // Ten newer losses replace the older ones.
    for (int k = 0; k < 10; k++) {
      sampler.update(one, new float[] {1});
    }
    assertEquals(1 / 3.0, sampler.probability(1), 1e-6);
  }

  @Example
  void itsHistoryGoesIntoACheckpoint() {
    LossSecondMoment sampler = warm(5);
    sampler.update(new float[] {2}, new float[] {9});
    LossSecondMoment restored = new LossSecondMoment(5);
    restored.restore(sampler.state());
    for (int t = 1; t <= 5; t++) {
      assertEquals(sampler.probability(t), restored.probability(t));
    }
    sampler.update(new float[] {2}, new float[] {3});
    restored.update(new float[] {2}, new float[] {3});
    assertArrayEquals(sampler.state(), restored.state());
    assertThrows(IllegalArgumentException.class, () -> restored.restore(new float[3]));
  }

  @Example
  void pairsLieOppositeEachOther() {
    float[] step = new float[4];
    TimestepSampler.antithetic(10).draw(new float[] {0.05f, 0.5f, 0.92f, 0.1f}, step, new float[4]);
    assertArrayEquals(new float[] {1, 10, 10, 1}, step);
    TimestepSampler.stratified(8).draw(new float[] {0.5f, 0.5f, 0, 0.9f}, step, new float[4]);
    assertArrayEquals(new float[] {2, 4, 5, 8}, step);
    TimestepSampler.lowDiscrepancy(8).draw(new float[] {0.9f, 0, 0, 0}, step, new float[4]);
    assertArrayEquals(new float[] {8, 2, 4, 6}, step);
  }

  @Example
  void whatDoesNotFitIsRefused() {
    for (String name : NAMES) {
      TimestepSampler sampler = TimestepSampler.named(name, 5);
      assertThrows(
          IllegalArgumentException.class,
          () -> sampler.draw(new float[2], new float[3], new float[2]));
      assertThrows(IllegalArgumentException.class, () -> TimestepSampler.named(name, 0));
    }
    assertThrows(IllegalArgumentException.class, () -> TimestepSampler.named("even", 5));
  }
}
