package ornstein.diffusion.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Row 16: a spaced schedule has the long one's ᾱ at the steps it keeps. */
final class RespacingProperties {

  @Provide
  Arbitrary<SpacedSchedule> spaced() {
    return ScheduleArbitraries.spacedSchedules();
  }

  @Provide
  Arbitrary<BetaSchedule> schedules() {
    return ScheduleArbitraries.schedules();
  }

  @Property
  void alphaBarAtKeptStepsIsUnchanged(@ForAll("spaced") SpacedSchedule s) {
    double product = 1;
    double relative = 0;
    for (int i = 0; i <= s.steps(); i++) {
      double expected = s.original().alphaBar(s.timestep(i));
      assertEquals(expected, s.betas().alphaBar(i), "exactly");
      if (i > 0) {
        product *= 1 - s.betas().beta(i);
        // 1 − β' is off by roundings of numbers near 1, so relatively by them over ᾱ_t/ᾱ_s.
        relative += 5e-16 / (expected / s.original().alphaBar(s.timestep(i - 1)));
        assertEquals(expected, product, expected * (relative + 1e-15 * i));
      }
    }
  }

  @Property
  void theNetworkSeesTheOriginalTimestep(
      @ForAll("spaced") SpacedSchedule s, @ForAll boolean rescale) {
    SpacedSchedule same = SpacedSchedule.of(s.original(), rescale, s.timesteps());
    double scale = rescale ? 1000.0 / s.original().steps() : 1;
    for (int i = 1; i <= s.steps(); i++) {
      assertEquals((s.timesteps()[i - 1] - 1) * scale, same.modelTime(i));
    }
  }

  @Property
  void keepingEveryStepIsTheIdentity(@ForAll("schedules") BetaSchedule s) {
    int[] every = IntStream.rangeClosed(1, s.steps()).toArray();
    assertEquals(s, SpacedSchedule.of(s, false, every).betas());
    assertEquals(s, SpacedSchedule.of(s, TimestepSpacing.parse(""), false).betas());
    assertEquals(s, SpacedSchedule.of(s, TimestepSpacing.sections(s.steps()), false).betas());
  }

  @Property
  void respacingGoesBackToTheLongChain(@ForAll("spaced") SpacedSchedule s) {
    assertEquals(s.original(), s.respaced(TimestepSpacing.all()).betas());
  }

  @Property
  void evenSpacingKeepsBothEndsAndNearlyEqualGaps(
      @ForAll @IntRange(min = 2, max = 1000) int steps, @ForAll @IntRange(min = 2) int draw) {
    int count = 2 + draw % (steps - 1);
    int[] kept = TimestepSpacing.sections(count).timesteps(steps);
    assertEquals(count, kept.length);
    assertEquals(1, kept[0]);
    assertEquals(steps, kept[count - 1]);
    double stride = (steps - 1) / (double) (count - 1);
    for (int i = 1; i < count; i++) {
      int gap = kept[i] - kept[i - 1];
      assertTrue(gap >= Math.floor(stride) - 1e-9 && gap <= Math.ceil(stride) + 1, "gap " + gap);
    }
  }

  @Property
  void ddimSpacingHasOneStrideAndTheAskedCount(
      @ForAll @IntRange(min = 2, max = 1000) int steps, @ForAll @IntRange(min = 1) int draw) {
    // Strides that exist: every stride below T gives some count.
    int stride = 1 + draw % (steps - 1);
    int count = (steps - 1) / stride + 1;
    int[] kept = TimestepSpacing.ddim(count).timesteps(steps);
    assertEquals(count, kept.length);
    for (int i = 0; i < count; i++) {
      assertEquals(1 + i * (kept[1] - 1), kept[i]);
    }
    assertTrue(kept[1] - 1 <= stride, "the smallest stride is taken");
  }

  @Provide
  Arbitrary<String> specs() {
    return Arbitraries.of("", "1", "7", "3,4,5", "ddim5", "ddim17");
  }

  @Property
  void everySpacingIncreasesWithinTheChain(
      @ForAll("specs") String spec, @ForAll @IntRange(min = 50, max = 51) int steps) {
    int previous = 0;
    for (int t : TimestepSpacing.parse(spec).timesteps(steps)) {
      assertTrue(t > previous && t <= steps);
      previous = t;
    }
    assertTrue(previous > 0);
  }
}
