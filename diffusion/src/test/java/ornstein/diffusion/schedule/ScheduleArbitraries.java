package ornstein.diffusion.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Drawn schedules and subsequences for the properties. */
public final class ScheduleArbitraries {
  private ScheduleArbitraries() {}

  /**
   * Linear, cosine and arbitrary schedules; β from 1e-4, where 1 − ᾱ still has 12 digits.
   *
   * @return schedules of 1 to 300 steps
   */
  public static Arbitrary<BetaSchedule> schedules() {
    return Arbitraries.oneOf(
        Arbitraries.integers().between(21, 300).map(BetaSchedule::linear),
        Arbitraries.integers().between(1, 300).map(BetaSchedule::cosine),
        Arbitraries.doubles()
            .between(1e-4, 0.999)
            .ofScale(6)
            .array(double[].class)
            .ofMinSize(1)
            .ofMaxSize(40)
            .map(BetaSchedule::of));
  }

  /**
   * Any subsequence of any schedule, from a single step to all.
   *
   * @return spaced schedules of at most 12 steps, or of all
   */
  public static Arbitrary<SpacedSchedule> spacedSchedules() {
    return schedules().flatMap(ScheduleArbitraries::subsequences);
  }

  private static Arbitrary<SpacedSchedule> subsequences(BetaSchedule schedule) {
    int steps = schedule.steps();
    Arbitrary<SpacedSchedule> some =
        Arbitraries.integers()
            .between(1, steps)
            .set()
            .ofMinSize(1)
            .ofMaxSize(Math.min(steps, 12))
            .map(
                kept -> {
                  List<Integer> sorted = new ArrayList<>(kept);
                  Collections.sort(sorted);
                  int[] timesteps = sorted.stream().mapToInt(Integer::intValue).toArray();
                  return SpacedSchedule.of(schedule, true, timesteps);
                });
    Arbitrary<SpacedSchedule> all =
        Arbitraries.just(SpacedSchedule.of(schedule, TimestepSpacing.all(), true));
    return Arbitraries.frequencyOf(Tuple.of(4, some), Tuple.of(1, all));
  }
}
