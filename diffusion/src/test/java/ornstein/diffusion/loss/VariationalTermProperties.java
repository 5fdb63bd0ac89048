package ornstein.diffusion.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
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
import ornstein.diffusion.process.ReverseKernel;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.StepTable;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;

/** Rows 10 to 13: the bound's terms, what they train, and their weights. */
final class VariationalTermProperties {
  private static final GaussianDiffusion CHAIN = GaussianDiffusion.of(BetaSchedule.linear(200));

  @Property
  void theBinsOfTheDecoderSumToOne(
      @ForAll @DoubleRange(min = -1.2, max = 1.2) double mean,
      @ForAll @DoubleRange(min = -9, max = 2) double logVariance) {
    float[] grid = new float[256];
    for (int k = 0; k < 256; k++) {
      grid[k] = (float) (k / 127.5 - 1);
    }
    Tensor log =
        VariationalTerm.discretizedNormal(
            Tensor.of(grid), Tensor.scalar((float) mean), Tensor.scalar((float) logVariance));
    double sum = 0;
    for (float l : log.toArray()) {
      sum += Math.exp(l);
    }
    // Each bin is a difference of two numbers up to 1, rounded to 2^-24, and is 10^-12 at least.
    assertEquals(1, sum, 256 * (0x1p-24 + 1e-12));
  }

  @Property
  void theDivergenceIsThatOfTwoNormalLaws(
      @ForAll @DoubleRange(min = -2, max = 2) double m1,
      @ForAll @DoubleRange(min = -4, max = 2) double l1,
      @ForAll @DoubleRange(min = -2, max = 2) double m2,
      @ForAll @DoubleRange(min = -4, max = 2) double l2) {
    double expected = 0;
    // ∫ p log(p/q) by the rectangle rule, which is exact to rounding for such integrands.
    double s1 = Math.exp(0.5 * l1);
    double h = 0.01;
    for (double u = -12; u <= 12; u += h) {
      double x = m1 + s1 * u;
      double logP = -0.5 * (u * u + l1);
      double logQ = -0.5 * ((x - m2) * (x - m2) / Math.exp(l2) + l2);
      expected += h / Math.sqrt(2 * Math.PI) * Math.exp(-0.5 * u * u) * (logP - logQ);
    }
    float ours = VariationalTerm.normalKl(scalar(m1), scalar(l1), scalar(m2), scalar(l2)).item();
    assertEquals(expected, ours, 1e-5 * (1 + expected));
  }

  private static Tensor scalar(double v) {
    return Tensor.scalar((float) v);
  }

  /** Row 11: the network's mean learns nothing from the bound in L_hybrid, exactly. */
  @Property(tries = 50)
  void theHybridLossTrainsTheMeanAsTheSimpleOne(
      @ForAll @IntRange(min = 1, max = 200) int t, @ForAll long seed) {
    Rng rng = Rng.of(seed);
    Tensor start = rng.uniform(Shape.of(3, 8)).affine(2, -1);
    Tensor noise = rng.normal(Shape.of(3, 8));
    Tensor step = Tensor.full(Shape.of(3), t);
    Tensor value = rng.normal(Shape.of(3, 8)).requiresGrad();
    Tensor said = rng.normal(Shape.of(3, 8)).requiresGrad();
    ReverseProcess learned =
        process(
            (x, time, labels) -> Tensor.concat(1, List.of(value, said)),
            VarianceModel.LEARNED_RANGE);
    ReverseProcess fixed = process((x, time, labels) -> value, VarianceModel.FIXED_SMALL);
    Gradients hybrid = gradients(DiffusionLoss.hybrid(), learned, start, step, noise);
    Gradients simple = gradients(DiffusionLoss.simple(), fixed, start, step, noise);
    assertArrayEquals(simple.get(value).toArray(), hybrid.get(value).toArray());
    double most = 0;
    for (float g : hybrid.get(said).toArray()) {
      most = Math.max(most, Math.abs(g));
    }
    assertTrue(most > 0, "the variance learns nothing");
  }

  private static Gradients gradients(
      DiffusionLoss loss, ReverseProcess p, Tensor start, Tensor step, Tensor noise) {
    return loss.perSample(p, start, step, noise, null).sum().backward();
  }

  private static ReverseProcess process(Denoiser network, VarianceModel variance) {
    return new ReverseProcess(
        CHAIN, network, Parameterization.EPSILON, variance, Thresholding.none());
  }

  /** Row 11: on ε the weight is β²/(2σ²α(1−ᾱ)) with σ² = β̃. */
  @Property
  void theWeightOfTheNoiseIsThatOfThePaper(@ForAll @IntRange(min = 2, max = 200) int t) {
    double beta = CHAIN.beta(t);
    double expected =
        beta * beta / (2 * CHAIN.posteriorVariance(t) * (1 - beta) * (1 - CHAIN.alphaBar(t)));
    double ours = StepWeight.variational(1).of(CHAIN, Parameterization.EPSILON, t);
    assertEquals(expected, ours, 1e-9 * expected);
  }

  /** Row 13: two arbitrary predictors differ by as much in J_σ as in the weighted squared error. */
  @Property
  void theFamilysDivergencesAreAWeightedSquaredError(
      @ForAll @IntRange(min = 2, max = 200) int t,
      @ForAll @DoubleRange(min = 0.05, max = 1) double eta,
      @ForAll Parameterization head,
      @ForAll @DoubleRange(min = -2, max = 2) double start,
      @ForAll @DoubleRange(min = -2, max = 2) double noise,
      @ForAll @DoubleRange(min = -2, max = 2) double one,
      @ForAll @DoubleRange(min = -2, max = 2) double other) {
    double sigma = CHAIN.sigma(eta, t, t - 1);
    ReverseKernel step = CHAIN.reverse(t, t - 1, sigma);
    double x = CHAIN.marginal(t).scale() * start + Math.sqrt(CHAIN.marginal(t).variance()) * noise;
    Combination toStart = head.start(CHAIN, t);
    double target = head.target(CHAIN, t).of(start, noise);
    double weight = StepWeight.variational(eta).of(CHAIN, head, t);
    double divergences =
        divergence(step, start, toStart.of(x, one)) - divergence(step, start, toStart.of(x, other));
    double errors = weight * (square(target - one) - square(target - other));
    double size = weight * (square(target - one) + square(target - other));
    assertEquals(errors, divergences, 1e-6 * size);
  }

  /** KL of two normal laws of variance σ² whose means differ by λ(x₀ − x̂₀). */
  private static double divergence(ReverseKernel step, double start, double predicted) {
    return square(step.lambda() * (start - predicted)) / (2 * step.variance());
  }

  private static double square(double x) {
    return x * x;
  }

  /** Row 12: gradient descent on v ends at the true posterior variance, β̃ + λ² Var[x₀|x_t]. */
  @Property(tries = 8)
  void theBoundTeachesTheTruePosteriorVariance(
      @ForAll @IntRange(min = 5, max = 200) int t,
      @ForAll @DoubleRange(min = -0.5, max = 0.5) double mean,
      @ForAll @DoubleRange(min = 0.1, max = 0.9) double variance,
      @ForAll long seed) {
    GaussianData data = new GaussianData(mean, variance);
    int n = 4000;
    Rng rng = Rng.of(seed);
    Tensor start = rng.normal(Shape.of(1, n)).affine((float) Math.sqrt(variance), (float) mean);
    Tensor noise = rng.normal(Shape.of(1, n));
    Tensor step = Tensor.of(new float[] {t});
    Combination best = data.denoiser(CHAIN, t);
    StepTable slope = StepTable.of(200, k -> data.denoiser(CHAIN, k).first());
    float v = 0;
    for (int i = 0; i < 60; i++) {
      Tensor said = Tensor.scalar(v).requiresGrad();
      ReverseProcess p =
          new ReverseProcess(
              CHAIN,
              (x, time, labels) ->
                  Tensor.concat(
                      1,
                      List.of(
                          slope.over(step, x).mul(x).add((float) best.second()),
                          said.reshape(1, 1).expand(x.shape()))),
              Parameterization.START_X,
              VarianceModel.LEARNED_RANGE,
              Thresholding.none());
      Gradients g = DiffusionLoss.kl().perSample(p, start, step, noise, null).sum().backward();
      // The step that would be Newton's if the variance were right: the curvature is (Δ/2)²/2.
      double range = Math.log(CHAIN.beta(t)) - CHAIN.posteriorLogVarianceClipped(t);
      v -= (float) (0.5 * g.get(said).item() * Math.log(2) / (range * range / 8));
    }
    ReverseKernel posterior = CHAIN.posterior(t, t - 1);
    double truth = posterior.variance() + square(posterior.lambda()) * data.uncertainty(CHAIN, t);
    double low = CHAIN.posteriorLogVarianceClipped(t);
    double high = Math.log(CHAIN.beta(t));
    double learned = Math.exp((v + 1) / 2 * high + (1 - v) / 2 * low);
    // The mean square of n errors; the part that is known, β̃, has none.
    double sampling = 7 * square(posterior.lambda()) * data.uncertainty(CHAIN, t);
    double tolerance = sampling * Math.sqrt(2.0 / n) + 2e-4 * truth;
    assertEquals(truth, learned, tolerance);
    assertTrue(learned >= Math.exp(low) - tolerance && learned <= Math.exp(high) + tolerance);
  }

  @Example
  void theLossAndTheVarianceMustFitEachOther() {
    Tensor x = Tensor.zeros(1, 2);
    Tensor step = Tensor.of(new float[] {3});
    ReverseProcess learned =
        process(
            (seen, time, labels) -> Tensor.concat(1, List.of(seen, seen)), VarianceModel.LEARNED);
    ReverseProcess fixed = process((seen, time, labels) -> seen, VarianceModel.FIXED_LARGE);
    for (Runnable bad :
        List.<Runnable>of(
            () -> DiffusionLoss.simple().perSample(learned, x, step, x, null),
            () -> DiffusionLoss.hybrid().perSample(fixed, x, step, x, null),
            () -> DiffusionLoss.named("elbo"))) {
      assertThrows(IllegalArgumentException.class, bad::run);
    }
  }
}
