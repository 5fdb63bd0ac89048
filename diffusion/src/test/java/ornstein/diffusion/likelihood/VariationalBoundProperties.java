package ornstein.diffusion.likelihood;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CancellationException;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import ornstein.diffusion.process.AnalyticVariance;
import ornstein.diffusion.process.GaussianData;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseKernel;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/** Row 10: the bound lies above −log p, and tends to it as the steps become small. */
final class VariationalBoundProperties {

  private static ReverseProcess process(int steps, GaussianData data) {
    GaussianDiffusion d = GaussianDiffusion.of(BetaSchedule.cosine(steps));
    return new ReverseProcess(
        d,
        data.network(d.schedule(), Parameterization.START_X),
        Parameterization.START_X,
        VarianceModel.FIXED_LARGE,
        Thresholding.none());
  }

  /**
   * How far the bound, averaged over data on the 8-bit grid, lies above the data's entropy: the
   * divergence of the model's law from the data's and the slack of the bound. And its standard
   * error. In nats.
   */
  private static double[] gap(int steps, GaussianData data, boolean analytic) {
    int n = 20_000;
    ReverseProcess p = process(steps, data);
    float deviation = (float) Math.sqrt(data.variance());
    float[] x = Rng.of(1).normal(Shape.of(n)).affine(deviation, (float) data.mean()).toArray();
    if (analytic) {
      p = p.with(AnalyticVariance.measure(p, Tensor.of(x, n, 1), null, 2));
    }
    for (int i = 0; i < n; i++) {
      x[i] = (float) (Math.clamp(Math.round((x[i] + 1) * 127.5), 1, 254) / 127.5 - 1);
    }
    VariationalBound.Terms terms =
        new VariationalBound(p).of(Tensor.of(x, n, 1), null, NoiseSource.of(3), t -> true);
    double mean = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double nats = terms.total(i) * Math.log(2) + logBin(data, x[i]);
      mean += nats / n;
      squares += nats * nats / n;
    }
    return new double[] {mean, Math.sqrt(Math.max(0, squares - mean * mean) / n)};
  }

  /** log of the probability of the bin around x under N(m, v), by Simpson's rule. */
  private static double logBin(GaussianData data, double x) {
    double sum = 0;
    int n = 20;
    for (int i = 0; i <= n; i++) {
      double u = x + (2.0 * i / n - 1) / 255;
      double weight = i == 0 || i == n ? 1 : i % 2 == 1 ? 4 : 2;
      sum += weight * Math.exp(-(u - data.mean()) * (u - data.mean()) / (2 * data.variance()));
    }
    return Math.log(sum * 2 / 255 / (3 * n) / Math.sqrt(2 * Math.PI * data.variance()));
  }

  @Property(tries = 6)
  void theBoundLiesAboveAndTheGapFallsWithTheSteps(
      @ForAll @DoubleRange(min = -0.2, max = 0.2) double mean,
      @ForAll @DoubleRange(min = 0.02, max = 0.06) double variance) {
    GaussianData data = new GaussianData(mean, variance);
    double[] coarse = gap(10, data, false);
    double[] fine = gap(100, data, false);
    double[] exact = gap(100, data, true);
    // The approximation of the distribution function in the decoder.
    double decoder = 0.01;
    assertTrue(coarse[0] > -5 * coarse[1] - decoder, "gap " + coarse[0] + " ± " + coarse[1]);
    assertTrue(fine[0] > -5 * fine[1] - decoder, "gap " + fine[0] + " ± " + fine[1]);
    // In small steps β is the true posterior's variance; only at step 1, where β̃₂ = β₁/2 is in its
    // place, (2 − 1 − log 2)/2 nats remain.
    double first = (1 - Math.log(2)) / 2;
    assertTrue(fine[0] < coarse[0], "gap " + coarse[0] + " → " + fine[0]);
    assertEquals(first, fine[0], 0.1, "gap " + fine[0] + " ± " + fine[1]);
    // With the true posterior's variance the model is the true joint law: there is no gap.
    assertEquals(0, exact[0], 5 * exact[1] + decoder, "gap " + exact[0] + " ± " + exact[1]);
  }

  /** The variance that leaves the law of Gaussian data as it is, measured. */
  @Property(tries = 10)
  void theAnalyticVarianceIsTheTruePosteriors(
      @ForAll @IntRange(min = 1, max = 50) int t,
      @ForAll @DoubleRange(min = -1, max = 1) double mean,
      @ForAll @DoubleRange(min = 0.05, max = 2) double variance) {
    GaussianData data = new GaussianData(mean, variance);
    ReverseProcess p = process(50, data);
    int n = 20_000;
    Tensor draws =
        Rng.of(1).normal(Shape.of(n, 1)).affine((float) Math.sqrt(variance), (float) mean);
    AnalyticVariance analytic = AnalyticVariance.measure(p, draws, null, 2);
    GaussianDiffusion d = p.diffusion();
    ReverseKernel posterior = d.posterior(t, t - 1);
    double lambda2 = posterior.lambda() * posterior.lambda();
    double truth = posterior.variance() + lambda2 * data.uncertainty(d, t);
    // Γ is the mean of n squares of a normal variable of variance Γ.
    double gamma = 1 - data.uncertainty(d, t) * d.alphaBar(t) / (1 - d.alphaBar(t));
    double error = lambda2 * (1 - d.alphaBar(t)) / d.alphaBar(t) * gamma;
    assertEquals(truth, analytic.variance(d, t), 7 * error * Math.sqrt(2.0 / n) + 1e-6 * truth);
  }

  @Example
  void aSamplesTermsDoNotDependOnItsBatch() {
    GaussianData data = new GaussianData(0.1, 0.2);
    ReverseProcess p = process(20, data);
    Tensor both = Tensor.of(new float[] {-1, 1, 0.2f, -0.4f}, 2, 2);
    VariationalBound bound = new VariationalBound(p);
    VariationalBound.Terms together = bound.of(both, null, NoiseSource.of(5), t -> true);
    VariationalBound.Terms alone =
        bound.of(both.slice(0, 1, 2), null, NoiseSource.of(5).from(1), t -> true);
    for (int t = 0; t < 20; t++) {
      assertArrayEquals(new double[] {together.terms()[t][1]}, alone.terms()[t]);
    }
    assertEquals(together.total(1), alone.total(0));
  }

  @Example
  void aListenerMayEndIt() {
    ReverseProcess p = process(20, new GaussianData(0, 1));
    assertThrows(
        CancellationException.class,
        () -> new VariationalBound(p).of(Tensor.zeros(1, 2), null, NoiseSource.of(5), t -> t > 10));
  }
}
