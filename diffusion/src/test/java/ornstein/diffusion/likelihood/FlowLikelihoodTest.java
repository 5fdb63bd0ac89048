package ornstein.diffusion.likelihood;

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
import ornstein.diffusion.solver.OdeVariable;
import ornstein.diffusion.solver.Tableau;
import ornstein.diffusion.solver.TimeGrid;
import ornstein.engine.Tensor;

/** Row 23: the likelihood equals the density of data whose density is known. */
class FlowLikelihoodTest {
  private static final BetaSchedule CHAIN = BetaSchedule.linear(1000);

  /** One normal distribution, and three. */
  private static final GaussianMixture GAUSSIAN =
      new GaussianMixture(Tensor.of(new float[] {0.4f, -0.3f}, 1, 2), 0.5, CHAIN);

  private static final GaussianMixture MIXTURE =
      new GaussianMixture(Tensor.of(new float[] {-1, 0, 0.8f, 0.5f, 0.2f, -1}, 3, 2), 0.2, CHAIN);

  /**
   * The law at the end is off N(0, I) by the mean √ᾱ_T m = 0.006 · 0.5, which counts times a
   * point's distance of up to two deviations. At the beginning, where the network is asked at σ =
   * 0.01 instead of 0, an error of that order squared arises.
   */
  private static final double END = 0.006 * 0.5 * 2 + 1e-3;

  private static final float[] POINTS = {0.1f, 0.2f, -1, -0.1f, 1.5f, 0.4f};

  private static ReverseProcess process(GaussianMixture data, Parameterization head) {
    return data.process(head).respaced(TimestepSpacing.linspace(100));
  }

  private static void check(GaussianMixture data, FlowLikelihood likelihood, double tolerance) {
    double[] logs =
        likelihood.logLikelihood(
            process(data, Parameterization.EPSILON),
            Tensor.of(POINTS, 3, 2),
            null,
            NoiseSource.of(1),
            step -> true);
    for (int i = 0; i < logs.length; i++) {
      double exact = data.logDensity(POINTS[2 * i], POINTS[2 * i + 1]);
      assertEquals(exact, logs[i], tolerance, "point " + i);
    }
  }

  @Test
  void itIsTheDensityOfGaussianData() {
    check(GAUSSIAN, FlowLikelihood.exact(Tableau.RK4, TimeGrid.logSnr()), END);
  }

  @Test
  void itIsTheDensityOfAMixture() {
    check(MIXTURE, FlowLikelihood.exact(Tableau.RK4, TimeGrid.logSnr()), END);
  }

  @Test
  void theErrorFallsWithTheOrderOfTheMethod() {
    double euler = error(Tableau.EULER);
    double heun = error(Tableau.HEUN);
    assertTrue(euler > 5 * heun, euler + " by Euler, " + heun + " by Heun");
  }

  private static double error(Tableau tableau) {
    double[] logs =
        FlowLikelihood.exact(tableau, TimeGrid.logSnr())
            .logLikelihood(
                process(MIXTURE, Parameterization.EPSILON),
                Tensor.of(POINTS, 3, 2),
                null,
                NoiseSource.of(1),
                step -> true);
    double most = 0;
    for (int i = 0; i < logs.length; i++) {
      double exact = MIXTURE.logDensity(POINTS[2 * i], POINTS[2 * i + 1]);
      most = Math.max(most, Math.abs(logs[i] - exact));
    }
    return most;
  }

  /** For one distribution the Jacobian is a multiple of the identity: any signs give its trace. */
  @Test
  void hutchinsonsEstimateIsExactWhereTheJacobianIsDiagonal() {
    check(GAUSSIAN, FlowLikelihood.hutchinson(Tableau.RK4, TimeGrid.logSnr(), 1), END);
  }

  /** On the straight path σ = 0.01 at the beginning is τ = 0.0099: the first error is the same. */
  @Test
  void itIsTheSameInTheStraightVariable() {
    for (GaussianMixture data : new GaussianMixture[] {GAUSSIAN, MIXTURE}) {
      check(
          data, FlowLikelihood.exact(Tableau.RK4, TimeGrid.logSnr()).in(OdeVariable.STRAIGHT), END);
    }
    FlowLikelihood estimate =
        FlowLikelihood.hutchinson(Tableau.RK4, TimeGrid.balanced(), 1).in(OdeVariable.STRAIGHT);
    check(GAUSSIAN, estimate, END);
  }

  @Test
  void pureNoiseIsAnEndForTheStraightVariableOnly() {
    BetaSchedule endless = BetaSchedule.named("straight", 100);
    GaussianMixture data =
        new GaussianMixture(Tensor.of(new float[] {0.4f, -0.3f}, 1, 2), 0.5, endless);
    ReverseProcess process = data.process(Parameterization.FLOW);
    FlowLikelihood likelihood = FlowLikelihood.exact(Tableau.HEUN, TimeGrid.uniform());
    Tensor x = Tensor.of(POINTS, 3, 2);
    assertThrows(
        IllegalArgumentException.class,
        () -> likelihood.logLikelihood(process, x, null, NoiseSource.of(1), s -> true));
    double[] logs =
        likelihood
            .in(OdeVariable.STRAIGHT)
            .logLikelihood(process, x, null, NoiseSource.of(1), s -> true);
    for (int i = 0; i < logs.length; i++) {
      // A hundred steps of order 2, the first of order 1 from σ = 0.01.
      assertEquals(data.logDensity(POINTS[2 * i], POINTS[2 * i + 1]), logs[i], 5e-3);
    }
  }

  @Test
  void hutchinsonsEstimateIsUnbiased() {
    // The signs (+,+) and (+,−) give the trace plus and minus the off-diagonal: many average out.
    check(MIXTURE, FlowLikelihood.hutchinson(Tableau.HEUN, TimeGrid.logSnr(), 64), 0.15);
  }

  @ParameterizedTest
  @EnumSource(names = {"START_X", "V", "SCORE", "FLOW"})
  void everyHeadHasTheSame(Parameterization head) {
    FlowLikelihood likelihood = FlowLikelihood.exact(Tableau.HEUN, TimeGrid.logSnr());
    Tensor x = Tensor.of(POINTS, 3, 2);
    double[] noise =
        likelihood.logLikelihood(
            process(MIXTURE, Parameterization.EPSILON), x, null, NoiseSource.of(1), s -> true);
    double[] other =
        likelihood.logLikelihood(process(MIXTURE, head), x, null, NoiseSource.of(1), s -> true);
    // ε is the difference of x and x̂₀ over a noise that begins at 0.01.
    assertArrayEquals(noise, other, 2e-3);
  }

  @Test
  void aSampleDoesNotDependOnItsBatch() {
    FlowLikelihood likelihood = FlowLikelihood.hutchinson(Tableau.HEUN, TimeGrid.logSnr(), 2);
    ReverseProcess p = process(MIXTURE, Parameterization.EPSILON);
    Tensor x = Tensor.of(POINTS, 3, 2);
    double[] all = likelihood.logLikelihood(p, x, null, NoiseSource.of(1), s -> true);
    double[] last =
        likelihood.logLikelihood(p, x.slice(0, 2, 3), null, NoiseSource.of(1).from(2), s -> true);
    assertEquals(all[2], last[0]);
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> FlowLikelihood.hutchinson(Tableau.HEUN, TimeGrid.logSnr(), 0));
    FlowLikelihood likelihood = FlowLikelihood.exact(Tableau.HEUN, TimeGrid.logSnr());
    assertThrows(
        CancellationException.class,
        () ->
            likelihood.logLikelihood(
                process(MIXTURE, Parameterization.V),
                Tensor.zeros(1, 2),
                null,
                NoiseSource.of(1),
                step -> step < 3));
    assertEquals(7, FlowLikelihood.bitsPerDimension(0, 10));
    assertEquals(8, FlowLikelihood.bitsPerDimension(-10 * Math.log(2), 10), 1e-12);
  }
}
