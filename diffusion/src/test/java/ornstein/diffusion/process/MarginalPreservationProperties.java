package ornstein.diffusion.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import ornstein.diffusion.schedule.ScheduleArbitraries;
import ornstein.diffusion.schedule.SpacedSchedule;

/**
 * Row 3: whatever σ in [0, √(1−ᾱ_s)] and whatever subsequence τ, the reverse kernels q_σ keep the
 * marginals of the forward process. It is why one trained network serves every sampler.
 */
final class MarginalPreservationProperties {
  /** Half a dozen roundings of numbers up to 1. */
  private static final double ROUNDING = 1e-15;

  @Provide
  Arbitrary<TimestepPair> pairs() {
    return TimestepPair.any();
  }

  @Provide
  Arbitrary<SpacedSchedule> spaced() {
    return ScheduleArbitraries.spacedSchedules();
  }

  @Property(tries = 1000)
  void aStepKeepsScaleAndVariance(@ForAll("pairs") TimestepPair p, @ForAll @Fraction double u) {
    double sigma = u * Math.sqrt(p.noiseAtS());
    ReverseKernel step = p.diffusion().reverse(p.t(), p.s(), sigma);
    assertEquals(p.scaleAtS(), step.kappa() * p.scaleAtT() + step.lambda(), ROUNDING);
    assertEquals(
        p.noiseAtS(), step.kappa() * step.kappa() * p.noiseAtT() + sigma * sigma, ROUNDING);
    assertEquals(sigma, step.sigma());
  }

  @Property
  void aWholeChainKeepsEveryMarginal(
      @ForAll("spaced") SpacedSchedule spaced, @ForAll long sigmaSeed) {
    GaussianDiffusion d = new GaussianDiffusion(spaced);
    Random sigmas = new Random(sigmaSeed);
    GaussianKernel law = d.marginal(d.steps());
    for (int t = d.steps(); t >= 1; t--) {
      double sigma = sigmas.nextDouble() * Math.sqrt(1 - d.alphaBar(t - 1));
      law = d.reverse(t, t - 1, sigma).applyTo(law);
      assertEquals(d.marginal(t - 1).scale(), law.scale(), ROUNDING * (d.steps() + 1));
      assertEquals(d.marginal(t - 1).variance(), law.variance(), ROUNDING * (d.steps() + 1));
    }
    // The last step ends at the data itself.
    assertEquals(new GaussianKernel(1, 0), law);
  }

  @Property(tries = 40)
  void aSimulatedChainHasTheMarginals(
      @ForAll("spaced") SpacedSchedule spaced,
      @ForAll @DoubleRange(min = -3, max = 3) double x0,
      @ForAll @Fraction double u,
      @ForAll long seed) {
    GaussianDiffusion d = new GaussianDiffusion(spaced);
    int n = 2000;
    Random random = new Random(seed);
    double[] x = new double[n];
    GaussianKernel noisiest = d.marginal(d.steps());
    for (int i = 0; i < n; i++) {
      x[i] = noisiest.scale() * x0 + Math.sqrt(noisiest.variance()) * random.nextGaussian();
    }
    int first = Math.max(1, d.steps() - 12);
    for (int t = d.steps(); t >= first; t--) {
      ReverseKernel step = d.reverse(t, t - 1, u * Math.sqrt(1 - d.alphaBar(t - 1)));
      for (int i = 0; i < n; i++) {
        x[i] = step.kappa() * x[i] + step.lambda() * x0 + step.sigma() * random.nextGaussian();
      }
      GaussianKernel expected = d.marginal(t - 1);
      SampleMoments.of(x).assertNormal(expected.scale() * x0, expected.variance());
    }
  }

  @Property
  void sigmaBeyondTheMarginalsVarianceIsRefused(
      @ForAll("pairs") TimestepPair p, @ForAll @DoubleRange(min = 0.01, max = 2) double excess) {
    double tooLarge = Math.sqrt(p.noiseAtS()) * (1 + excess) + excess;
    assertThrows(
        IllegalArgumentException.class, () -> p.diffusion().reverse(p.t(), p.s(), tooLarge));
    assertThrows(
        IllegalArgumentException.class, () -> p.diffusion().reverse(p.t(), p.s(), -excess));
    assertThrows(IllegalArgumentException.class, () -> p.diffusion().reverse(p.t(), p.t(), 0));
  }
}
