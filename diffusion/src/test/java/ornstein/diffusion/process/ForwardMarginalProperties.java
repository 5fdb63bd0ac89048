package ornstein.diffusion.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.ScheduleArbitraries;
import ornstein.diffusion.schedule.SpacedSchedule;

/** Row 1: q(x_t|x_0) = N(√ᾱ_t x_0, (1−ᾱ_t) I) is what the one-step kernels compose to. */
final class ForwardMarginalProperties {
  private static final GaussianKernel IDENTITY = new GaussianKernel(1, 0);

  @Provide
  Arbitrary<BetaSchedule> schedules() {
    return ScheduleArbitraries.schedules();
  }

  @Provide
  Arbitrary<SpacedSchedule> spaced() {
    return ScheduleArbitraries.spacedSchedules();
  }

  @Property
  void composingTheOneStepKernelsGivesTheMarginal(@ForAll("schedules") BetaSchedule schedule) {
    GaussianDiffusion d = GaussianDiffusion.of(schedule);
    GaussianKernel composed = IDENTITY;
    for (int t = 1; t <= d.steps(); t++) {
      double beta = schedule.beta(t);
      composed = composed.then(new GaussianKernel(Math.sqrt(1 - beta), beta));
      assertSame(d.marginal(t), composed, 1e-15 * t);
    }
  }

  @Property
  void anySubsequenceComposesToTheSameMarginals(@ForAll("spaced") SpacedSchedule spaced) {
    GaussianDiffusion shortChain = new GaussianDiffusion(spaced);
    GaussianDiffusion longChain = GaussianDiffusion.of(spaced.original());
    GaussianKernel composed = IDENTITY;
    for (int i = 1; i <= shortChain.steps(); i++) {
      composed = composed.then(shortChain.forward(i - 1, i));
      assertSame(longChain.marginal(spaced.timestep(i)), composed, 1e-15 * i);
    }
  }

  @Property
  void aKernelOverSeveralStepsIsTheirComposition(
      @ForAll("schedules") BetaSchedule schedule, @ForAll @Fraction double u) {
    GaussianDiffusion d = GaussianDiffusion.of(schedule);
    int s = (int) (u * (d.steps() - 1));
    GaussianKernel composed = IDENTITY;
    for (int t = s + 1; t <= d.steps(); t++) {
      composed = composed.then(new GaussianKernel(Math.sqrt(1 - d.beta(t)), d.beta(t)));
      assertSame(d.forward(s, t), composed, 1e-15 * (t - s));
    }
  }

  private static void assertSame(GaussianKernel expected, GaussianKernel actual, double tolerance) {
    // Scales and variances are at most 1; each step rounds a few times.
    assertEquals(expected.scale(), actual.scale(), tolerance);
    assertEquals(expected.variance(), actual.variance(), tolerance);
  }
}
