package ornstein.diffusion.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Row 15: ᾱ falls strictly from 1 and stays above 0. */
final class SchedulesDecreaseProperties {

  @Provide
  Arbitrary<BetaSchedule> schedules() {
    return ScheduleArbitraries.schedules();
  }

  @Property
  void alphaBarDecreasesStrictlyWithinZeroAndOne(@ForAll("schedules") BetaSchedule s) {
    assertEquals(1, s.alphaBar(0));
    for (int t = 1; t <= s.steps(); t++) {
      assertTrue(s.alphaBar(t) > 0 && s.alphaBar(t) < s.alphaBar(t - 1), s + " at " + t);
    }
  }

  @Property
  void linearHasEvenlySpacedBetas(@ForAll @IntRange(min = 21, max = 2000) int steps) {
    BetaSchedule s = BetaSchedule.linear(steps);
    assertEquals(0.1 / steps, s.beta(1), 1e-16);
    assertEquals(20.0 / steps, s.beta(steps), 1e-15);
    double increment = s.beta(2) - s.beta(1);
    for (int t = 2; t <= steps; t++) {
      assertEquals(increment, s.beta(t) - s.beta(t - 1), 1e-15);
    }
  }

  @Property
  void cosineFollowsItsCurveUntilTheClip(@ForAll @IntRange(min = 1, max = 2000) int steps) {
    BetaSchedule s = BetaSchedule.cosine(steps);
    double atZero = curve(0);
    for (int t = 1; t < steps; t++) {
      assertTrue(s.beta(t) < 0.999);
      assertEquals(curve(t / (double) steps) / atZero, s.alphaBar(t), 1e-15 * steps);
    }
    assertEquals(0.999, s.beta(steps));
  }

  private static double curve(double u) {
    return Math.pow(Math.cos((u + 0.008) / 1.008 * Math.PI / 2), 2);
  }
}
