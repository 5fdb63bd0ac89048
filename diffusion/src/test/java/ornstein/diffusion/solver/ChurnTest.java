package ornstein.diffusion.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import ornstein.diffusion.process.GaussianMixture;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.SampleMoments;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

class ChurnTest {
  private static final int N = 20_000;
  private static final double VARIANCE = 0.3;
  private static final GaussianMixture DATA =
      new GaussianMixture(Tensor.of(new float[] {0.5f}, 1, 1), VARIANCE, BetaSchedule.linear(1000));
  private static final NoiseSchedule SCHEDULE = DATA.schedule();

  @Test
  void theLevelGrowsByTheShareOfAStepWithinTheRange() {
    Churn churn = new Churn(4, 0.1, 10, 1);
    double t = SCHEDULE.timeOfSigma(1);
    assertEquals(1.1, SCHEDULE.sigma(churn.raised(SCHEDULE, t, 40)), 1e-9);
    assertEquals(Math.sqrt(2), SCHEDULE.sigma(churn.raised(SCHEDULE, t, 1)), 1e-9);
    assertEquals(5, churn.raised(SCHEDULE, 5, 40)); // sigma is below the range
    double above = SCHEDULE.timeOfSigma(11);
    assertEquals(above, churn.raised(SCHEDULE, above, 40));
    assertEquals(1000, new Churn(4, 0, 1000, 1).raised(SCHEDULE, 999.9, 4));
    assertEquals(t, Churn.NONE.raised(SCHEDULE, t, 40));
  }

  /**
   * A start of the wrong deviation stays wrong along the deterministic flow; noise in between lets
   * the rest mend it, if it has the right deviation.
   */
  @Test
  void noiseForgetsTheErrorsOfEarlierSteps() {
    double alone = off(Churn.NONE);
    double churned = off(new Churn(20, 0, 1e3, 1));
    assertTrue(churned < 0.7 * alone, alone + " → " + churned);
    assertTrue(off(new Churn(20, 0, 1e3, 1.1)) > 3 * churned);
  }

  /** How far the samples' variance is off. */
  private static double off(Churn churn) {
    ReverseProcess p =
        DATA.process(Parameterization.EPSILON).respaced(TimestepSpacing.quadratic(40));
    NoiseSource noise = NoiseSource.of(5);
    Tensor x = noise.draw(0, Shape.of(N, 1)).mul(0.6f); // an error made before
    float[] f = RungeKutta.of(Tableau.HEUN).churned(churn).sample(p, x, null, noise).toArray();
    double[] d = new double[N];
    for (int i = 0; i < N; i++) {
      d[i] = f[i];
    }
    return Math.abs(SampleMoments.of(d).variance() - VARIANCE);
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Churn(-1, 0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Churn(1, 2, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Churn(1, 0, 1, Double.NaN));
  }
}
