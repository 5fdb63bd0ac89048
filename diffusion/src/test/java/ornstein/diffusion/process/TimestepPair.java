package ornstein.diffusion.process;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.ScheduleArbitraries;

/**
 * A drawn diffusion with two of its steps.
 *
 * @param diffusion of any schedule
 * @param t the later step
 * @param s the earlier step, 0 in many draws
 */
record TimestepPair(GaussianDiffusion diffusion, int t, int s) {

  static Arbitrary<TimestepPair> any() {
    Arbitrary<Double> fraction = Arbitraries.doubles().between(0, 1).ofScale(6);
    return Combinators.combine(ScheduleArbitraries.schedules(), fraction, fraction)
        .as(TimestepPair::of);
  }

  private static TimestepPair of(BetaSchedule schedule, double u, double v) {
    int t = 1 + (int) (u * (schedule.steps() - 1));
    return new TimestepPair(GaussianDiffusion.of(schedule), t, (int) (v * (t - 1)));
  }

  double scaleAtT() {
    return Math.sqrt(diffusion.alphaBar(t));
  }

  double scaleAtS() {
    return Math.sqrt(diffusion.alphaBar(s));
  }

  double noiseAtT() {
    return 1 - diffusion.alphaBar(t);
  }

  double noiseAtS() {
    return 1 - diffusion.alphaBar(s);
  }
}
