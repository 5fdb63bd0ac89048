package ornstein.diffusion.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

/** Row 7 and the schedules in continuous time. */
final class NoiseScheduleProperties {

  @Provide
  Arbitrary<BetaSchedule> schedules() {
    return ScheduleArbitraries.schedules();
  }

  @Property
  void anInterpolatedScheduleIsItsChainAtWholeTimes(@ForAll("schedules") BetaSchedule chain) {
    NoiseSchedule s = new InterpolatedSchedule(chain);
    assertEquals(chain.steps(), s.end());
    for (int t = 0; t <= chain.steps(); t++) {
      assertEquals(chain.alphaBar(t), s.alphaBar(t), 4e-16 * (1 - Math.log(chain.alphaBar(t))));
    }
  }

  @Property
  void timesAreFoundAgain(
      @ForAll("schedules") BetaSchedule chain, @ForAll @DoubleRange(min = 0, max = 1) double u) {
    NoiseSchedule s = new InterpolatedSchedule(chain);
    double t = u * s.end();
    assertEquals(t, s.timeOf(s.logAlphaBar(t)), 1e-9 * (1 + t));
    if (t > 1e-3 && s.alphaBar(t) > 1e-12) {
      assertEquals(t, s.timeOfSigma(s.sigma(t)), 1e-6);
      assertEquals(t, s.timeOfLambda(s.lambda(t)), 1e-6);
    }
  }

  @Property
  void slopesAreThoseOfTheLogarithm(
      @ForAll ClosedSchedule s, @ForAll @DoubleRange(min = 0.01, max = 0.99) double t) {
    double h = 1e-5;
    double difference = (s.logAlphaBar(t + h) - s.logAlphaBar(t - h)) / (2 * h);
    assertEquals(difference, s.logAlphaBarSlope(t), 1e-8 * 20);
    assertEquals(t, s.timeOf(s.logAlphaBar(t)), 1e-13);
  }

  /** Row 7: the general right-hand side on two closed schedules. */
  @Property
  void theProbabilityFlowIsTheTextbooks(
      @ForAll @DoubleRange(min = 0.01, max = 1) double s,
      @ForAll @DoubleRange(min = -3, max = 3) double x,
      @ForAll @DoubleRange(min = -3, max = 3) double noise) {
    double inSquare = 10 * s * (noise / Math.sqrt(1 - Math.exp(-10 * s * s)) - x);
    double inTime = 5 * (noise / Math.sqrt(1 - Math.exp(-10 * s)) - x);
    double size = 10 * (Math.abs(noise) / Math.sqrt(1 - Math.exp(-10 * s * s)) + Math.abs(x));
    assertEquals(
        inSquare, ClosedSchedule.SQUARE_EXPONENTIAL.probabilityFlow(s, x, noise), 1e-12 * size);
    assertEquals(inTime, ClosedSchedule.EXPONENTIAL.probabilityFlow(s, x, noise), 1e-12 * size);
  }

  /** It is the same flow as d(x/√ᾱ) = ε dσ. */
  @Property
  void theProbabilityFlowIsThatOfSigma(
      @ForAll ClosedSchedule s,
      @ForAll @DoubleRange(min = 0.05, max = 0.95) double t,
      @ForAll @DoubleRange(min = -3, max = 3) double x,
      @ForAll @DoubleRange(min = -3, max = 3) double noise) {
    double h = 1e-6;
    double dSigma = (s.sigma(t + h) - s.sigma(t - h)) / (2 * h);
    double dLogScale = (Math.log(s.alpha(t + h)) - Math.log(s.alpha(t - h))) / (2 * h);
    double expected = dLogScale * x + s.alpha(t) * dSigma * noise;
    assertEquals(expected, s.probabilityFlow(t, x, noise), 1e-6 * (1 + Math.abs(expected)));
  }

  @Property(tries = 50)
  void towardsPureNoiseTheStraightPathIsFollowed(@ForAll @DoubleRange(min = 0, max = 1) double u) {
    int steps = 20;
    NoiseSchedule s = new InterpolatedSchedule(BetaSchedule.named("straight", steps));
    double t = steps - 1 + u;
    double tau = t / steps;
    double bar = (1 - tau) * (1 - tau) / ((1 - tau) * (1 - tau) + tau * tau);
    assertEquals(bar, s.alphaBar(t), 1e-13);
    if (u > 0.01 && u < 0.99) {
      double h = 1e-6;
      double difference = (s.logAlphaBar(t + h) - s.logAlphaBar(t - h)) / (2 * h);
      assertEquals(difference, s.logAlphaBarSlope(t), 1e-4 * Math.abs(difference));
      assertEquals(t, s.timeOf(s.logAlphaBar(t)), 1e-9);
    }
    assertEquals(Double.NEGATIVE_INFINITY, s.logAlphaBar(steps));
    assertEquals(steps, s.timeOf(Double.NEGATIVE_INFINITY));
  }

  @Example
  void timesOutsideAreRefused() {
    NoiseSchedule s = new InterpolatedSchedule(BetaSchedule.cosine(10));
    for (double bad : new double[] {-0.1, 10.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> s.logAlphaBar(bad));
      assertThrows(IllegalArgumentException.class, () -> s.logAlphaBarSlope(bad));
      assertThrows(IllegalArgumentException.class, () -> ClosedSchedule.VP_LINEAR.logAlphaBar(bad));
    }
    assertThrows(IllegalArgumentException.class, () -> s.timeOf(0.1));
    assertTrue(s.logAlphaBar(10) > -100);
  }
}
