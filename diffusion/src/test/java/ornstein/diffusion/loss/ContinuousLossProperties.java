package ornstein.diffusion.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.schedule.LearnedLogSnr;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;
import ornstein.nn.Parameter;
import ornstein.nn.optim.Adam;

/** Row 24: variational diffusion on normal data, whose best denoiser is known at any γ. */
final class ContinuousLossProperties {
  private static final double FIRST = -6;
  private static final double LAST = 5;

  /** ε̂ = σ_t z/(ᾱ v + 1 − ᾱ) for data N(0, v). */
  private static Denoiser best(double v) {
    return (z, gamma, labels) -> {
      Tensor g = gamma.reshape(gamma.shape().dim(0), 1);
      Tensor signal = g.neg().apply(Unary.SIGMOID);
      Tensor noise = g.apply(Unary.SIGMOID);
      return z.mul(noise.sqrt()).div(signal.mul((float) v).add(noise));
    };
  }

  private static LearnedLogSnr schedule(long seed) {
    return new LearnedLogSnr(FIRST, LAST, 16, Rng.of(seed));
  }

  private static Tensor evenTimes(int n) {
    float[] times = new float[n];
    for (int i = 0; i < n; i++) {
      times[i] = (i + 0.5f) / n;
    }
    return Tensor.of(times);
  }

  /** Mean and variance of the estimates. */
  private static double[] estimates(LearnedLogSnr schedule, double v, int n) {
    Tensor start = Rng.of(8).normal(Shape.of(n, 1)).mul((float) Math.sqrt(v));
    Tensor noise = Rng.of(9).normal(Shape.of(n, 1));
    float[] values =
        new ContinuousLoss(schedule, best(v)).perSample(start, evenTimes(n), noise, null).toArray();
    double mean = 0;
    double squares = 0;
    for (float x : values) {
      mean += x / (double) n;
      squares += (double) x * x / n;
    }
    return new double[] {mean, squares - mean * mean};
  }

  /** ½ ∫ mmse dSNR = ½ log((1 + v SNR₀)/(1 + v SNR₁)), whatever lies between the ends. */
  @Property(tries = 10)
  void theValueDependsOnTheEndsAlone(
      @ForAll long seed, @ForAll @DoubleRange(min = 0.05, max = 3) double v) {
    int n = 100_000;
    double[] e = estimates(schedule(seed), v, n);
    double exact = 0.5 * Math.log((1 + v * Math.exp(-FIRST)) / (1 + v * Math.exp(-LAST)));
    assertEquals(exact, e[0], 6 * Math.sqrt(e[1] / n));
  }

  @Property(tries = 50)
  void theScheduleRisesBetweenItsEnds(@ForAll long seed) {
    LearnedLogSnr s = schedule(seed);
    float[] times = {0, 0.001f, 0.2f, 0.5f, 0.77f, 1};
    float[] gamma = s.gamma(Tensor.of(times)).toArray();
    assertEquals(FIRST, gamma[0], 1e-5);
    assertEquals(LAST, gamma[5], 1e-5);
    for (int i = 1; i < gamma.length; i++) {
      assertTrue(gamma[i] > gamma[i - 1]);
    }
    float h = 1e-2f;
    float[] slope = s.slope(Tensor.of(new float[] {0.5f})).toArray();
    float[] around = s.gamma(Tensor.of(new float[] {0.5f - h, 0.5f + h})).toArray();
    assertEquals((around[1] - around[0]) / (2 * h), slope[0], 0.01 * slope[0] + 1e-3);
  }

  /** The inner parameters learn to make the estimates vary less; value and ends stay. */
  @Example
  void theScheduleLearnsToVaryLess() {
    double v = 0.3;
    LearnedLogSnr s = schedule(4);
    double[] before = estimates(s, v, 50_000);
    SequencedMap<String, Parameter> inner = new LinkedHashMap<>(s.namedParameters());
    inner.remove("ends");
    Adam adam = Adam.adam(inner, Adam.Options.ADAM);
    int n = 1024;
    ContinuousLoss loss = new ContinuousLoss(s, best(v));
    for (int step = 0; step < 150; step++) {
      Rng rng = Rng.of(20).split(step);
      Tensor start = rng.normal(Shape.of(n, 1)).mul((float) Math.sqrt(v));
      Tensor estimate = loss.perSample(start, evenTimes(n), rng.normal(Shape.of(n, 1)), null);
      // Its mean does not depend on these parameters: the mean square is the variance.
      adam.step(estimate.square().mean().backward(), 0.03);
    }
    double[] after = estimates(s, v, 50_000);
    assertTrue(after[1] < 0.9 * before[1], before[1] + " → " + after[1]);
    assertEquals(before[0], after[0], 6 * Math.sqrt((before[1] + after[1]) / 50_000));
    assertEquals(FIRST, s.gamma(Tensor.zeros(1)).item(), 1e-5);
  }

  /** KL(N(a x, s²) ‖ N(0, 1)) in each coordinate. */
  @Property(tries = 20)
  void thePriorIsTheDivergenceOfTwoNormalLaws(@ForAll @DoubleRange(min = -2, max = 2) double x) {
    double variance = 1 / (1 + Math.exp(-LAST));
    double one = 0.5 * ((1 - variance) * x * x + variance - 1 - Math.log(variance));
    Tensor start = Tensor.full(Shape.of(1, 3), (float) x);
    float prior = new ContinuousLoss(schedule(1), best(1)).prior(start).item();
    assertEquals(3 * one, prior, 1e-6 + 1e-4 * one);
  }

  @Example
  void endsThatDoNotRiseAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new LearnedLogSnr(1, 1, 4, Rng.of(1)));
    assertThrows(IllegalArgumentException.class, () -> new LearnedLogSnr(0, 1, 0, Rng.of(1)));
  }
}
