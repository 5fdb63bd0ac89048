package ornstein.diffusion.solver;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.engine.Tensor;

/** The adaptive solver meets its tolerance, each sample by itself. */
class AdaptiveRungeKuttaTest {
  private static final MixtureFlow DATA =
      new MixtureFlow(new double[] {-1, 0.8}, 0.2, BetaSchedule.linear(1000));
  private static final ReverseProcess PROCESS = DATA.process(Parameterization.EPSILON);
  private static final TimeGrid GRID = process -> new double[] {700, 300, 60};

  private static float[] solve(AdaptiveRungeKutta solver, float... x) {
    return solver
        .along(GRID)
        .sample(PROCESS, Tensor.of(x, x.length, 1), null, NoiseSource.of(0))
        .toArray();
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-2, 1e-3, 1e-4, 1e-5})
  void theErrorIsOfTheToleranceAsked(double tolerance) {
    float[] x = {-1.5f, -0.3f, 0.4f, 2};
    float[] reached = solve(AdaptiveRungeKutta.of(tolerance, tolerance), x);
    for (int i = 0; i < x.length; i++) {
      // The tolerance is of a step in x/√ᾱ, which is 12 times x where the flow begins; steps add
      // up.
      assertEquals(DATA.exact(x[i], 700, 60), reached[i], 3 * 12 * tolerance);
    }
  }

  @Test
  void aSampleDoesNotDependOnItsBatch() {
    AdaptiveRungeKutta solver = AdaptiveRungeKutta.of(1e-4, 1e-4);
    float[] together = solve(solver, -1.5f, 0.4f, 2);
    assertArrayEquals(new float[] {together[1]}, solve(solver, 0.4f));
    assertArrayEquals(new float[] {together[2], together[0]}, solve(solver, 2, -1.5f));
  }

  @Test
  void theVariablesAgree() {
    AdaptiveRungeKutta solver = AdaptiveRungeKutta.of(1e-5, 1e-5);
    float[] sigma = solve(solver, -0.3f, 0.4f);
    float[] straight = solve(solver.in(OdeVariable.STRAIGHT), -0.3f, 0.4f);
    assertArrayEquals(sigma, straight, 2e-4f);
  }

  @Test
  void tolerancesThatFloatsCannotTellAreRefused() {
    for (double bad : new double[] {0, -1, 1e-9, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> AdaptiveRungeKutta.of(bad, 1e-3));
      String message =
          assertThrows(IllegalArgumentException.class, () -> AdaptiveRungeKutta.of(1e-3, bad))
              .getMessage();
      assertTrue(message.contains(String.valueOf(bad)), message);
    }
  }
}
