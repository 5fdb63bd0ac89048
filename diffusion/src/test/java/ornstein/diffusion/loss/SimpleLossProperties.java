package ornstein.diffusion.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import ornstein.diffusion.process.Combination;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.GaussianData;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/** Row 11's L_simple, and the uniform timestep sampler. */
final class SimpleLossProperties {
  private static final GaussianDiffusion CHAIN = GaussianDiffusion.of(BetaSchedule.cosine(50));

  private static ReverseProcess process(Denoiser network, Parameterization head) {
    return new ReverseProcess(CHAIN, network, head, VarianceModel.FIXED_LARGE, Thresholding.clip());
  }

  @Property(tries = 40)
  void theBestDenoiserLeavesOnlyTheIrreducibleError(
      @ForAll @IntRange(min = 1, max = 50) int t,
      @ForAll @DoubleRange(min = -1, max = 1) double mean,
      @ForAll @DoubleRange(min = 0.1, max = 4) double variance,
      @ForAll long seed) {
    GaussianData data = new GaussianData(mean, variance);
    int n = 4000;
    Rng rng = Rng.of(seed);
    Tensor start = rng.normal(Shape.of(1, n)).affine((float) Math.sqrt(variance), (float) mean);
    Tensor noise = rng.normal(Shape.of(1, n));
    Tensor step = Tensor.of(new float[] {t});
    for (Parameterization head :
        new Parameterization[] {
          Parameterization.EPSILON, Parameterization.START_X, Parameterization.V
        }) {
      ReverseProcess p = process(data.network(CHAIN.schedule(), head), head);
      double loss = DiffusionLoss.simple().perSample(p, start, step, noise, null).item();
      // x̂₀ is off by Var[x₀|x_t]; the target moves with x₀ at fixed x_t by this factor.
      Combination target = head.target(CHAIN, t);
      double scale = Math.sqrt(CHAIN.alphaBar(t));
      double factor = target.first() - target.second() * scale / Math.sqrt(1 - CHAIN.alphaBar(t));
      double expected = factor * factor * data.uncertainty(CHAIN, t);
      // The squared error of a normal variable has the variance 2 expected².
      double sampling = 7 * expected * Math.sqrt(2.0 / n);
      assertEquals(expected, loss, sampling + 1e-5, head + " at " + t);
    }
  }

  @Property(tries = 40)
  void eachSampleHasItsOwnStepAndMean(
      @ForAll @IntRange(min = 1, max = 50) int t,
      @ForAll @IntRange(min = 1, max = 50) int u,
      @ForAll long seed) {
    Rng rng = Rng.of(seed);
    Shape images = Shape.of(2, 3, 2, 2);
    Tensor start = rng.normal(images);
    Tensor noise = rng.normal(images);
    ReverseProcess p = process((x, time, labels) -> x.mul(0.3f), Parameterization.V);
    float[] both =
        DiffusionLoss.simple()
            .perSample(p, start, Tensor.of(new float[] {t, u}), noise, null)
            .toArray();
    assertEquals(2, both.length);
    for (int i = 0; i < 2; i++) {
      float[] x0 = start.slice(0, i, i + 1).toArray();
      float[] eps = noise.slice(0, i, i + 1).toArray();
      int step = i == 0 ? t : u;
      double scale = Math.sqrt(CHAIN.alphaBar(step));
      double sd = Math.sqrt(1 - CHAIN.alphaBar(step));
      double sum = 0;
      for (int k = 0; k < x0.length; k++) {
        double output = (float) 0.3 * (scale * x0[k] + sd * eps[k]);
        double error = output - (scale * eps[k] - sd * x0[k]);
        sum += error * error;
      }
      assertEquals(sum / x0.length, both[i], 1e-5 * (1 + sum / x0.length));
    }
  }

  @Example
  void aBatchIsTheWeightedMean() {
    ReverseProcess p = process((x, time, labels) -> x, Parameterization.EPSILON);
    Tensor start = Tensor.of(new float[] {0.5f, -0.5f}, 2, 1);
    Tensor noise = Tensor.of(new float[] {1, 2}, 2, 1);
    Tensor step = Tensor.of(new float[] {10, 40});
    float[] each = DiffusionLoss.simple().perSample(p, start, step, noise, null).toArray();
    Tensor weight = Tensor.of(new float[] {3, 0.25f});
    float batch =
        DiffusionLoss.simple().perSample(p, start, step, noise, null).mul(weight).mean().item();
    assertEquals((3 * each[0] + 0.25 * each[1]) / 2, batch, 1e-6);
  }

  @Property(tries = 20)
  void uniformStepsAreEquallyLikely(
      @ForAll @IntRange(min = 1, max = 12) int steps, @ForAll long seed) {
    int n = 6000;
    float[] drawn = new float[n];
    float[] weight = new float[n];
    TimestepSampler.uniform(steps).draw(Rng.of(seed).uniform(Shape.of(n)).toArray(), drawn, weight);
    int[] counts = new int[steps + 1];
    for (float t : drawn) {
      counts[(int) t]++;
    }
    assertEquals(0, counts[0]);
    double p = 1.0 / steps;
    for (int t = 1; t <= steps; t++) {
      double error = 7 * Math.sqrt(n * p * (1 - p)) + 1e-9;
      assertTrue(Math.abs(counts[t] - n * p) <= error, t + " drawn " + counts[t] + " times");
    }
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    assertArrayEquals(ones, weight);
  }

  @Example
  void aChainNeedsSteps() {
    assertThrows(IllegalArgumentException.class, () -> TimestepSampler.uniform(0));
    assertThrows(IllegalArgumentException.class, () -> TimestepSampler.uniform((1 << 24) + 1));
  }
}
