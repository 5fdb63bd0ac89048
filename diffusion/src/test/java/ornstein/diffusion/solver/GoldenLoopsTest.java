package ornstein.diffusion.solver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Iterator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.InterpolatedSchedule;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Tensor;

/**
 * Loops of ten steps whose results diffusers' own tests state, to the printed digits: a fixed
 * sample of shape [4, 3, 8, 8] and x · t/(t+1) in the place of a network.
 */
class GoldenLoopsTest {
  /** Half a printed digit, and what sums near 150 lose in float32 over there. */
  private static final double ROUNDING = 5e-5 + 2 * Math.ulp(150f);

  private static final Denoiser MODEL =
      (x, time, labels) -> {
        float[] t = time.toArray();
        float[] factor = new float[t.length];
        for (int i = 0; i < t.length; i++) {
          factor[i] = t[i] / (t[i] + 1);
        }
        return x.mul(Tensor.of(factor, t.length, 1));
      };

  /** The sample; the order of the coordinates makes no difference. */
  private static Tensor sample() {
    float[] x = new float[768];
    for (int b = 0; b < 4; b++) {
      for (int i = 0; i < 192; i++) {
        x[b * 192 + i] = (i * 4 + b) / 768f;
      }
    }
    return Tensor.of(x, 4, 192);
  }

  /** As diffusers computes it: β, 1 − β and the products rounded to float32. */
  private static BetaSchedule linear(double first, int steps) {
    double[] bars = new double[steps];
    double product = 1;
    for (int i = 0; i < steps; i++) {
      float beta = (float) (first + i * ((0.02 - first) / (steps - 1)));
      product *= 1 - beta;
      bars[i] = (float) product;
    }
    return BetaSchedule.ofAlphaBars(bars);
  }

  private static ReverseProcess process(
      Denoiser model, Parameterization head, BetaSchedule chain, String spacing) {
    SpacedSchedule kept = SpacedSchedule.of(chain, TimestepSpacing.parse(spacing), false);
    return new ReverseProcess(
        new GaussianDiffusion(kept), model, head, VarianceModel.FIXED_SMALL, Thresholding.none());
  }

  private static double sum(Tensor x) {
    double sum = 0;
    for (float v : x.toArray()) {
      sum += Math.abs(v);
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"EPSILON,0.0001,172.0067", "V,0.0001,52.5302", "EPSILON,0.01,149.8295"})
  void ddim(Parameterization head, double firstBeta, double expected) {
    ReverseProcess p =
        process(MODEL, head, linear(firstBeta, 1000), "leading:10").with(Thresholding.clip());
    Tensor x = new DdimSampler(0).keepingNoise().sample(p, sample(), null, NoiseSource.of(0));
    assertEquals(expected, sum(x), ROUNDING);
  }

  /** There the last step leads to the first ᾱ instead of 1, where it already is. */
  @Test
  void ddimWithoutAlphaOne() {
    BetaSchedule chain = linear(0.01, 1000);
    ReverseProcess p =
        process(MODEL, Parameterization.EPSILON, chain, "leading:10").with(Thresholding.clip());
    Iterator<SamplingStep> steps =
        new DdimSampler(0).keepingNoise().steps(p, sample(), null, NoiseSource.of(0));
    for (int i = 0; i < 9; i++) {
      steps.next();
    }
    // The model says 0 at time 0: x̂₀ = x/√ᾱ, clipped, goes back times √ᾱ.
    Tensor start = steps.next().start();
    double alpha = Math.sqrt(chain.alphaBar(1));
    assertEquals(149.0784, sum(start.mul((float) alpha)), 5e-5);
  }

  /** Its last step, from the first ᾱ to itself, does nothing. */
  @Test
  void pndm() {
    TimeGrid grid =
        process -> IntStream.rangeClosed(0, 9).mapToDouble(i -> 901 - 100.0 * i).toArray();
    assertEquals(198.1318, sum(solve(Plms.withRungeKutta().along(grid))), 5e-5);
  }

  private static Tensor solve(Sampler solver) {
    ReverseProcess p = process(MODEL, Parameterization.EPSILON, linear(1e-4, 1000), "");
    return solver.sample(p, sample(), null, NoiseSource.of(0));
  }

  private static final TimeGrid MULTISTEP_GRID =
      process -> new double[] {1000, 900, 800, 700, 600, 501, 401, 301, 201, 101, 1};

  @Test
  void dpmSolverPlusPlusMultistep() {
    Tensor x = solve(DpmSolverPlusPlus.multistep().along(MULTISTEP_GRID));
    assertEquals(0.3301, sum(x) / 768, 5e-5);
  }

  @Test
  void dpmSolverPlusPlusSingleStep() {
    Tensor x = solve(DpmSolverPlusPlus.pairs().along(MULTISTEP_GRID));
    assertEquals(0.2791, sum(x) / 768, 5e-5);
  }

  /**
   * The loop of that test scales the sample in place before each evaluation, so that a step begins
   * at x/√ᾱ scaled once too often, and its first evaluation sees that. Both are done here; the step
   * is ours.
   */
  @Test
  void heun() {
    BetaSchedule chain = linear(1e-4, 1100);
    InterpolatedSchedule schedule = new InterpolatedSchedule(chain);
    double[] times = new double[11];
    for (int i = 0; i < 10; i++) {
      double at = (9 - i) * 1099 / 9.0;
      int below = (int) at;
      // That scheduler interpolates σ itself.
      double sigma = schedule.sigma(below + 1);
      if (at > below) {
        sigma += (at - below) * (schedule.sigma(below + 2) - sigma);
      }
      times[i] = schedule.timeOfSigma(sigma);
    }
    Tensor x = sample().mul((float) schedule.sigma(times[0]));
    for (int i = 0; i < 10; i++) {
      double t = times[i];
      double s = times[i + 1];
      float alpha = (float) schedule.alpha(t);
      Denoiser twice =
          (seen, time, labels) ->
              MODEL.predict(
                  time.toArray()[0] == (float) (t - 1) ? seen.mul(1 / alpha) : seen, time, labels);
      ReverseProcess p = process(twice, Parameterization.EPSILON, chain, "");
      Tensor scaled = x.mul(alpha); // what that loop calls the sample
      Tensor after =
          RungeKutta.of(Tableau.HEUN)
              .along(process -> new double[] {t, s})
              .sample(p, scaled.mul(alpha), null, NoiseSource.of(0));
      x = after.mul((float) (1 / schedule.alpha(s)));
    }
    assertEquals(0.1233, sum(x), 5e-5);
  }
}
