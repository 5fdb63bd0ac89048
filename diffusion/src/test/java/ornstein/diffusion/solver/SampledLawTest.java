package ornstein.diffusion.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.process.GaussianMixture;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.DdpmSampler;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.ReverseFamily;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/** Row 9: with many steps every sampler draws from the data's law: a mixture in the plane. */
class SampledLawTest {
  private static final float[] MEANS = {-1.2f, 0, 0.9f, 0.6f, 0.2f, -1.1f};
  private static final double VARIANCE = 0.04;
  private static final int N = 3000;
  private static final GaussianMixture DATA =
      new GaussianMixture(Tensor.of(MEANS, 3, 2), VARIANCE, BetaSchedule.linear(1000));

  private static Sampler sampler(String name) {
    return switch (name) {
      case "ddpm" -> new DdpmSampler();
      case "ddim 0" -> new DdimSampler(0);
      case "ddim 0.5" -> new DdimSampler(0.5);
      case "posterior" -> new DdimSampler(ReverseFamily.posterior());
      case "sigma-hat" -> new DdimSampler(ReverseFamily.sigmaHat());
      case "half" -> new DdimSampler(ReverseFamily.sigma((d, t, s) -> 0.5 * d.sigma(1, t, s)));
      default -> SolverName.named(name).along(TimeGrid.visited());
    };
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ddpm", "ddim 0", "ddim 0.5", "posterior", "sigma-hat", "half", "heun", "midpoint", "rk4",
        "rk45", "dpm1", "dpm2", "dpm3", "dpm++2m", "dpm++2s", "sde-dpm++2m", "unipc2", "unipc3",
        "plms", "pndm", "edm", "flow-euler", "flow-heun"
      })
  void weightsMeansAndCovariancesAreTheDatas(String name) {
    boolean flow = name.startsWith("flow");
    ReverseProcess p =
        DATA.process(flow ? Parameterization.FLOW : Parameterization.EPSILON)
            .respaced(TimestepSpacing.quadratic(300));
    NoiseSource noise = NoiseSource.of(11);
    float[] x = sampler(name).sample(p, noise.draw(0, Shape.of(N, 2)), null, noise).toArray();
    int[] counts = new int[3];
    double[][] sums = new double[3][5];
    for (int i = 0; i < N; i++) {
      int k = nearest(x[2 * i], x[2 * i + 1]);
      double dx = x[2 * i] - MEANS[2 * k];
      double dy = x[2 * i + 1] - MEANS[2 * k + 1];
      counts[k]++;
      sums[k][0] += dx;
      sums[k][1] += dy;
      sums[k][2] += dx * dx;
      sums[k][3] += dy * dy;
      sums[k][4] += dx * dy;
    }
    for (int k = 0; k < 3; k++) {
      int n = counts[k];
      assertEquals(N / 3.0, n, 5 * Math.sqrt(N * 2 / 9.0), "weight of " + k);
      double mean = 5 * Math.sqrt(VARIANCE / n) + STEPS * Math.sqrt(VARIANCE);
      assertEquals(0, sums[k][0] / n, mean, "mean of " + k);
      assertEquals(0, sums[k][1] / n, mean, "mean of " + k);
      double variance = VARIANCE * (5 * Math.sqrt(2.0 / n) + 2 * STEPS);
      assertEquals(VARIANCE, sums[k][2] / n, variance, "variance of " + k);
      assertEquals(VARIANCE, sums[k][3] / n, variance, "variance of " + k);
      assertEquals(0, sums[k][4] / n, variance, "covariance of " + k);
    }
  }

  /** What 300 steps of order 1 leave of an error, in standard deviations of a component. */
  private static final double STEPS = 0.02;

  private static int nearest(float x, float y) {
    int best = 0;
    for (int k = 1; k < 3; k++) {
      double d = Math.hypot(x - MEANS[2 * k], y - MEANS[2 * k + 1]);
      if (d < Math.hypot(x - MEANS[2 * best], y - MEANS[2 * best + 1])) {
        best = k;
      }
    }
    return best;
  }

  /** σ̂ adds more noise than the marginals have room for: on a short chain too much remains. */
  @Test
  void sigmaHatIsTooNoisyOnShortChains() {
    double hat = variance(ReverseFamily.sigmaHat());
    double posterior = variance(ReverseFamily.posterior());
    double none = variance(ReverseFamily.eta(0));
    assertTrue(hat > 1.3 * posterior && hat > 1.3 * none, hat + ", " + posterior + ", " + none);
  }

  private static double variance(ReverseFamily family) {
    ReverseProcess p =
        DATA.process(Parameterization.EPSILON).respaced(TimestepSpacing.linspace(10));
    NoiseSource noise = NoiseSource.of(11);
    float[] x =
        new DdimSampler(family).sample(p, noise.draw(0, Shape.of(N, 2)), null, noise).toArray();
    double sum = 0;
    for (int i = 0; i < N; i++) {
      int k = nearest(x[2 * i], x[2 * i + 1]);
      sum += Math.pow(x[2 * i] - MEANS[2 * k], 2) / N;
    }
    return sum;
  }
}
