package ornstein.diffusion.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

/** Rows 5 and 6: the two ends of the family, DDPM's ancestral step and the deterministic DDIM. */
final class DdimFamilyProperties {

  @Provide
  Arbitrary<TimestepPair> pairs() {
    return TimestepPair.any();
  }

  @Property
  void etaOneIsThePosterior(@ForAll("pairs") TimestepPair p) {
    GaussianDiffusion d = p.diffusion();
    double sigma = d.sigma(1, p.t(), p.s());
    ReverseKernel ddim = d.reverse(p.t(), p.s(), sigma);
    ReverseKernel posterior = d.posterior(p.t(), p.s());
    assertEquals(posterior.variance(), ddim.variance(), 1e-14);
    // κ² = (1−ᾱ_s−σ²)/(1−ᾱ_t): the subtraction loses what is small against 1.
    double tolerance = 1e-15 / p.noiseAtT();
    assertEquals(square(posterior.kappa()), square(ddim.kappa()), tolerance);
    if (posterior.kappa() > 1e-3) {
      double small = tolerance / posterior.kappa();
      assertEquals(posterior.kappa(), ddim.kappa(), small);
      assertEquals(posterior.lambda(), ddim.lambda(), small + 1e-15);
    }
  }

  @Property
  void etaOneIsTheAncestralStepOnTheNoise(
      @ForAll("pairs") TimestepPair p,
      @ForAll @DoubleRange(min = -4, max = 4) double x,
      @ForAll @DoubleRange(min = -4, max = 4) double epsilon) {
    GaussianDiffusion d = p.diffusion();
    int t = p.t();
    double alpha = 1 - d.beta(t);
    double ancestral = (x - d.beta(t) / Math.sqrt(p.noiseAtT()) * epsilon) / Math.sqrt(alpha);
    ReverseKernel posterior = d.posterior(t, t - 1);
    double start = (x - Math.sqrt(p.noiseAtT()) * epsilon) / p.scaleAtT();
    double mean = posterior.kappa() * x + posterior.lambda() * start;
    double magnitude = (Math.abs(x) + Math.abs(epsilon)) / Math.sqrt(alpha);
    assertEquals(t == 1 ? start : ancestral, mean, 1e-11 * magnitude + 1e-14);
    assertEquals(ancestral, mean, 1e-11 * magnitude + 1e-14);
  }

  @Property
  void etaScalesTheNoiseAndZeroHasNone(
      @ForAll("pairs") TimestepPair p, @ForAll @Fraction double eta) {
    GaussianDiffusion d = p.diffusion();
    double full = d.sigma(1, p.t(), p.s());
    assertEquals(eta * full, d.sigma(eta, p.t(), p.s()), 1e-15);
    assertEquals(0, d.sigma(0, p.t(), p.s()));
    // The variance of the respaced pair, not that of the long chain's neighbour.
    double ratio = d.alphaBar(p.t()) / d.alphaBar(p.s());
    double variance = eta * eta * p.noiseAtS() / p.noiseAtT() * (1 - ratio);
    assertEquals(variance, square(d.sigma(eta, p.t(), p.s())), 1e-11);
    assertThrows(IllegalArgumentException.class, () -> d.sigma(-1, p.t(), p.s()));
    assertThrows(IllegalArgumentException.class, () -> d.sigma(Double.NaN, p.t(), p.s()));
  }

  @Property
  void ddimIsAnEulerStepOfItsDifferentialEquation(
      @ForAll("pairs") TimestepPair p,
      @ForAll @DoubleRange(min = -4, max = 4) double x,
      @ForAll @DoubleRange(min = -4, max = 4) double epsilon) {
    GaussianDiffusion d = p.diffusion();
    ReverseKernel ddim = d.reverse(p.t(), p.s(), 0);
    double start = (x - Math.sqrt(p.noiseAtT()) * epsilon) / p.scaleAtT();
    double next = ddim.kappa() * x + ddim.lambda() * start;
    // d(x/√ᾱ) = ε dr with r = √(1−ᾱ)/√ᾱ.
    double change = next / p.scaleAtS() - x / p.scaleAtT();
    double euler =
        (d.sqrtRecipAlphaBarMinusOne(p.s()) - d.sqrtRecipAlphaBarMinusOne(p.t())) * epsilon;
    double magnitude = (Math.abs(x) + Math.abs(epsilon)) / p.scaleAtT();
    assertEquals(euler, change, 1e-11 * magnitude + 1e-14);
  }

  private static double square(double x) {
    return x * x;
  }
}
