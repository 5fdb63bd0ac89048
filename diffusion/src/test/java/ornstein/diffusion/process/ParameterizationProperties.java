package ornstein.diffusion.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

/** Row 4: whatever the network's output estimates, the same reverse step follows. */
final class ParameterizationProperties {

  @Provide
  Arbitrary<TimestepPair> pairs() {
    return TimestepPair.any();
  }

  @Property
  void theTargetPredictsTheStartItWasMadeFrom(
      @ForAll Parameterization parameterization,
      @ForAll("pairs") TimestepPair p,
      @ForAll @DoubleRange(min = -3, max = 3) double start,
      @ForAll @DoubleRange(min = -3, max = 3) double noise) {
    GaussianDiffusion d = p.diffusion();
    double x = p.scaleAtT() * start + Math.sqrt(p.noiseAtT()) * noise;
    double target = parameterization.target(d, p.t()).of(start, noise);
    double predicted = parameterization.start(d, p.t()).of(x, target);
    assertEquals(start, predicted, rounding(p));
  }

  @Property
  void theStepOnTheStartEqualsTheStepOnTheNoise(
      @ForAll Parameterization parameterization,
      @ForAll("pairs") TimestepPair p,
      @ForAll @Fraction double u,
      @ForAll @DoubleRange(min = -3, max = 3) double x,
      @ForAll @DoubleRange(min = -3, max = 3) double anyStart) {
    GaussianDiffusion d = p.diffusion();
    double sigma = u * Math.sqrt(p.noiseAtS());
    double anyNoise = (x - p.scaleAtT() * anyStart) / Math.sqrt(p.noiseAtT());
    // What a network with this head would have had to say to mean anyStart at x.
    double output = parameterization.target(d, p.t()).of(anyStart, anyNoise);
    double start = parameterization.start(d, p.t()).of(x, output);
    double noise = (x - p.scaleAtT() * start) / Math.sqrt(p.noiseAtT());
    double onNoise =
        p.scaleAtS() * start + Math.sqrt(Math.max(0, p.noiseAtS() - sigma * sigma)) * noise;
    ReverseKernel step = d.reverse(p.t(), p.s(), sigma);
    double onStart = step.kappa() * x + step.lambda() * start;
    double fromEpsilon =
        p.scaleAtS() * anyStart + Math.sqrt(Math.max(0, p.noiseAtS() - sigma * sigma)) * anyNoise;
    double magnitude = 1 + Math.abs(anyNoise) + Math.abs(anyStart);
    assertEquals(onNoise, onStart, 1e-13 * magnitude);
    assertEquals(fromEpsilon, onStart, (rounding(p) + 1e-13) * magnitude);
  }

  @Property
  void theVelocityIsARotationOfStartAndNoise(
      @ForAll("pairs") TimestepPair p,
      @ForAll @DoubleRange(min = -3, max = 3) double start,
      @ForAll @DoubleRange(min = -3, max = 3) double noise) {
    double x = p.scaleAtT() * start + Math.sqrt(p.noiseAtT()) * noise;
    double v = Parameterization.V.target(p.diffusion(), p.t()).of(start, noise);
    assertEquals(start * start + noise * noise, x * x + v * v, 1e-13);
  }

  @Property
  void namesRoundTrip(@ForAll Parameterization parameterization, @ForAll VarianceModel variance) {
    assertEquals(parameterization, Parameterization.named(parameterization.configurationName()));
    assertEquals(variance, VarianceModel.named(variance.configurationName()));
    assertThrows(IllegalArgumentException.class, () -> Parameterization.named("noise"));
    assertThrows(IllegalArgumentException.class, () -> VarianceModel.named("large"));
  }

  /**
   * Recovering x_0 divides by √ᾱ_t, or by the posterior's λ where that is smaller; and 1 − ᾱ_t,
   * being a difference of numbers near 1, has a root that is off by their rounding over √(1−ᾱ_t).
   */
  private static double rounding(TimestepPair p) {
    double lambda = p.diffusion().posterior(p.t(), p.t() - 1).lambda();
    return 1e-14 / (Math.sqrt(p.noiseAtT()) * Math.min(p.scaleAtT(), lambda));
  }
}
