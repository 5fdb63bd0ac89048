package ornstein.diffusion.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.Fixtures;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.engine.io.SafeTensors;

/** Row 15 and 16: the arrays of the reference implementation, to 1e-12 relative. */
final class ScheduleFixturesTest {

  @ParameterizedTest
  @CsvSource({"linear,1000", "linear,100", "cosine,1000", "cosine,100", "cosine,10"})
  void everyArrayEqualsTheReference(String name, int steps) throws IOException {
    GaussianDiffusion d = GaussianDiffusion.of(BetaSchedule.named(name, steps));
    try (SafeTensors file = Fixtures.open("schedules.safetensors")) {
      String prefix = name + "." + steps + ".";
      check(file, prefix + "betas", d::beta);
      check(file, prefix + "alphas_cumprod", d::alphaBar);
      check(file, prefix + "alphas_cumprod_prev", d::alphaBarPrevious);
      check(file, prefix + "posterior_variance", d::posteriorVariance);
      check(file, prefix + "posterior_log_variance_clipped", d::posteriorLogVarianceClipped);
      check(file, prefix + "sqrt_recip_alphas_cumprod", d::sqrtRecipAlphaBar);
      check(file, prefix + "sqrt_recipm1_alphas_cumprod", d::sqrtRecipAlphaBarMinusOne);
      // The posterior of any two steps, at neighbours.
      check(file, prefix + "posterior_mean_coef1", t -> d.posterior(t, t - 1).lambda());
      check(file, prefix + "posterior_mean_coef2", t -> d.posterior(t, t - 1).kappa());
      check(file, prefix + "posterior_variance", t -> d.posterior(t, t - 1).variance());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "linear,ddim50",
    "linear,ddim25",
    "linear,100",
    "linear,'10,15,20'",
    "linear,250",
    "cosine,ddim50",
    "cosine,ddim25",
    "cosine,100",
    "cosine,'10,15,20'",
    "cosine,250"
  })
  void respacingEqualsTheReference(String name, String spec) throws IOException {
    SpacedSchedule spaced =
        SpacedSchedule.of(BetaSchedule.named(name, 1000), TimestepSpacing.parse(spec), true);
    try (SafeTensors file = Fixtures.open("schedules.safetensors")) {
      String prefix = "respace." + name + "." + spec + ".";
      long[] zeroBased = Arrays.stream(spaced.timesteps()).mapToLong(t -> t - 1L).toArray();
      assertArrayEquals(file.longs(prefix + "timesteps"), zeroBased);
      double[] modelTimes =
          IntStream.rangeClosed(1, spaced.steps()).mapToDouble(spaced::modelTime).toArray();
      double[] expectedTimes =
          Arrays.stream(file.longs(prefix + "timesteps")).mapToDouble(t -> (double) t).toArray();
      assertArrayEquals(expectedTimes, modelTimes);
      check(file, prefix + "betas", spaced.betas()::beta);
    }
  }

  private static void check(SafeTensors file, String name, IntToDoubleFunction ours)
      throws IOException {
    double[] expected = file.doubles(name);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(
          expected[i], ours.applyAsDouble(i + 1), 1e-12 * Math.abs(expected[i]), name + "[" + i);
    }
  }
}
