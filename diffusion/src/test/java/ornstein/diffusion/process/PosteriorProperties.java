package ornstein.diffusion.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Row 2: q(x_s|x_t, x_0) is Bayes' rule on two Gaussians, for neighbours and for any pair of steps.
 */
final class PosteriorProperties {

  @Provide
  Arbitrary<TimestepPair> pairs() {
    return TimestepPair.any();
  }

  @Property
  void theClosedFormIsBayesRule(@ForAll("pairs") TimestepPair p) {
    GaussianDiffusion d = p.diffusion();
    // Prior x_s ~ N(√ᾱ_s x_0, v) and likelihood x_t ~ N(a x_s, b), both by composition of single
    // steps, which never subtracts nearly equal numbers.
    GaussianKernel prior = composed(d, 0, p.s());
    GaussianKernel likelihood = composed(d, p.s(), p.t());
    double v = prior.variance();
    double a = likelihood.scale();
    double b = likelihood.variance();
    ReverseKernel posterior = d.posterior(p.t(), p.s());
    // Multiplied through by v b, so that s = 0 (v = 0) needs no exception.
    double evidence = b + a * a * v;
    // β ≥ 1e-5 throughout, so 1 − ᾱ keeps 11 digits, and the steps' roundings add up.
    double tolerance = 1e-10;
    assertEquals(a * v / evidence, posterior.kappa(), tolerance);
    assertEquals(prior.scale() * b / evidence, posterior.lambda(), tolerance);
    assertEquals(v * b / evidence, posterior.variance(), tolerance);
  }

  @Property
  void neighboursHaveThePublishedCoefficients(@ForAll("pairs") TimestepPair p) {
    GaussianDiffusion d = p.diffusion();
    ReverseKernel posterior = d.posterior(p.t(), p.t() - 1);
    // At t = 1 the published λ is β/(1−ᾱ_1), 1 up to the digits that 1−ᾱ_1 loses.
    double relative = 1e-15 / p.noiseAtT() + 1e-14;
    double beta = d.beta(p.t());
    double noiseAtT = 1 - d.alphaBar(p.t());
    double previous = d.alphaBarPrevious(p.t());
    // Ho et al. 2020, equation 7.
    double ofCurrent = Math.sqrt(1 - beta) * (1 - previous) / noiseAtT;
    double ofStart = Math.sqrt(previous) * beta / noiseAtT;
    assertRelative(ofCurrent, posterior.kappa(), relative);
    assertRelative(ofStart, posterior.lambda(), relative);
    assertRelative(d.posteriorVariance(p.t()), posterior.variance(), relative);
  }

  @Property
  void theClippedLogVarianceStandsInForMinusInfinity(@ForAll("pairs") TimestepPair p) {
    GaussianDiffusion d = p.diffusion();
    assertEquals(0, d.posteriorVariance(1));
    double atOne = d.steps() == 1 ? d.beta(1) : d.posteriorVariance(2);
    assertEquals(Math.log(atOne), d.posteriorLogVarianceClipped(1), 1e-13);
    if (p.t() > 1) {
      double v = d.posteriorVariance(p.t());
      assertEquals(Math.log(v), d.posteriorLogVarianceClipped(p.t()), 1e-13);
    }
  }

  private static GaussianKernel composed(GaussianDiffusion d, int s, int t) {
    GaussianKernel result = new GaussianKernel(1, 0);
    for (int i = s + 1; i <= t; i++) {
      result = result.then(new GaussianKernel(Math.sqrt(1 - d.beta(i)), d.beta(i)));
    }
    return result;
  }

  private static void assertRelative(double expected, double actual, double relative) {
    assertEquals(expected, actual, relative * Math.abs(expected));
  }
}
