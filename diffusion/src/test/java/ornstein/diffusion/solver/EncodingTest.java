package ornstein.diffusion.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ornstein.diffusion.process.GaussianMixture;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Tensor;

/** Row 22: encoding and decoding. */
class EncodingTest {
  private static final GaussianMixture DATA =
      new GaussianMixture(
          Tensor.of(new float[] {-1, 0, 0.8f, 0.5f}, 2, 2), 0.2, BetaSchedule.linear(1000));
  private static final Tensor POINTS =
      Tensor.of(new float[] {0.1f, 0.2f, -1, -0.1f, 1.1f, 0.4f}, 3, 2);

  private static double reconstructionError(Tableau tableau, OdeVariable variable, int steps) {
    ReverseProcess p =
        DATA.process(Parameterization.EPSILON).respaced(TimestepSpacing.linspace(steps));
    RungeKutta solver = RungeKutta.of(tableau).in(variable).along(TimeGrid.logSnr());
    Tensor code = solver.encode(p, POINTS, null, step -> true);
    float[] back = solver.sample(p, code, null, NoiseSource.of(0)).toArray();
    float[] points = POINTS.toArray();
    double squares = 0;
    for (int i = 0; i < back.length; i++) {
      squares += (back[i] - points[i]) * (back[i] - points[i]);
    }
    return Math.sqrt(squares / back.length);
  }

  /**
   * There and back, a step of h and one of −h: their leading errors, C h^(p+1) each, add up for odd
   * p and cancel for even p, where the next order remains.
   */
  @ParameterizedTest
  @EnumSource
  void theErrorFallsWithTheOrderOfTheMethod(OdeVariable variable) {
    assertEquals(1, slope(Tableau.EULER, variable, 40), 0.15);
    assertEquals(3, slope(Tableau.HEUN, variable, 20), 0.35);
  }

  @ParameterizedTest
  @EnumSource
  void heunBeatsEulerAtEqualEvaluations(OdeVariable variable) {
    assertTrue(
        reconstructionError(Tableau.HEUN, variable, 20)
            < 0.5 * reconstructionError(Tableau.EULER, variable, 40));
  }

  /** Euler's step takes ε and x̂₀ for constants, and so is DDIM's whatever the variable. */
  @Test
  void eulersStepIsDdimsInEachVariable() {
    assertEquals(
        reconstructionError(Tableau.EULER, OdeVariable.SIGMA, 40),
        reconstructionError(Tableau.EULER, OdeVariable.STRAIGHT, 40),
        1e-5);
  }

  /** Slope of log error against log step, between three runs. */
  private static double slope(Tableau tableau, OdeVariable variable, int steps) {
    double coarse = reconstructionError(tableau, variable, steps);
    double fine = reconstructionError(tableau, variable, 4 * steps);
    return Math.log(coarse / fine) / Math.log(4);
  }

  /** Where the noise does not depend on x, a step and its reverse are each other's inverses. */
  @Test
  void anExactlyReversibleFlowIsReconstructed() {
    ReverseProcess p =
        DATA.process((x, time, labels) -> x.mul(0f).add(0.3f), Parameterization.EPSILON)
            .respaced(TimestepSpacing.linspace(20));
    RungeKutta solver = RungeKutta.of(Tableau.HEUN);
    Tensor code = solver.encode(p, POINTS, null, step -> true);
    float[] back = solver.sample(p, code, null, NoiseSource.of(0)).toArray();
    // x/√ᾱ grows to σ = 150: 24 bits of that remain.
    assertArrayEquals(POINTS.toArray(), back, 20 * 150 * 0x1p-24f);
  }

  @Test
  void theCodeOfGaussianDataIsStandardNormalsQuantile() {
    GaussianMixture one =
        new GaussianMixture(Tensor.of(new float[] {0.5f}, 1, 1), 0.25, BetaSchedule.linear(1000));
    ReverseProcess p = one.process(Parameterization.V).respaced(TimestepSpacing.linspace(200));
    Tensor x = Tensor.of(new float[] {0.5f, 1, 0, 2}, 4, 1);
    float[] code =
        RungeKutta.of(Tableau.RK4).along(TimeGrid.logSnr()).encode(p, x, null, s -> true).toArray();
    for (int i = 0; i < 4; i++) {
      double quantile = (x.toArray()[i] - 0.5) / 0.5;
      // At the end ᾱ = 4e-5: mean and variance are off N(0, 1) by √ᾱ m and ᾱ(v − 1)/2.
      assertEquals(quantile + Math.sqrt(4e-5) * 0.5, code[i], 2e-3);
    }
  }

  @Test
  void anEncodingMayBeCancelledAndNeedsCleanData() {
    ReverseProcess p = DATA.process(Parameterization.EPSILON).respaced(TimestepSpacing.parse("9"));
    RungeKutta solver = RungeKutta.of(Tableau.EULER);
    assertThrows(
        CancellationException.class, () -> solver.encode(p, POINTS, null, s -> s.done() < 3));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            solver.along(process -> new double[] {900, 100, 1}).encode(p, POINTS, null, s -> true));
  }
}
