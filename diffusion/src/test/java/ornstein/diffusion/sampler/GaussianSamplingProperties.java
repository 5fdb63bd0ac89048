package ornstein.diffusion.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Iterator;
import java.util.function.IntFunction;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import ornstein.diffusion.process.GaussianData;
import ornstein.diffusion.process.GaussianData.Law;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseKernel;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.SampleMoments;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.ScheduleArbitraries;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/**
 * Rows 3, 5 and 6 on simulated chains: on Gaussian data, where the best denoiser is known, each
 * sampler's law follows step by step, and tends to the data's.
 */
final class GaussianSamplingProperties {
  private static final Shape SAMPLES = Shape.of(50, 60);

  @Provide
  Arbitrary<SpacedSchedule> spaced() {
    return ScheduleArbitraries.spacedSchedules();
  }

  @Provide
  Arbitrary<VarianceModel> fixed() {
    return Arbitraries.of(VarianceModel.FIXED_SMALL, VarianceModel.FIXED_LARGE);
  }

  /** Chains whose end still has signal that float32 can tell from noise. */
  @Provide
  Arbitrary<SpacedSchedule> practical() {
    return ScheduleArbitraries.spacedSchedules()
        .filter(s -> s.original().alphaBar(s.original().steps()) > 1e-10);
  }

  @Property(tries = 40)
  void ddimHasItsLawAtEveryStep(
      @ForAll("practical") SpacedSchedule spaced,
      @ForAll Parameterization head,
      @ForAll @DoubleRange(min = 0, max = 1) double eta,
      @ForAll @DoubleRange(min = -2, max = 2) double mean,
      @ForAll @DoubleRange(min = 0.05, max = 4) double variance,
      @ForAll long seed) {
    GaussianDiffusion d = new GaussianDiffusion(spaced);
    simulate(
        new DdimSampler(eta),
        process(d, new GaussianData(mean, variance), head, VarianceModel.FIXED_SMALL),
        new GaussianData(mean, variance),
        t -> d.reverse(t, t - 1, d.sigma(eta, t, t - 1)),
        seed);
  }

  @Property(tries = 40)
  void ddpmHasItsLawAtEveryStep(
      @ForAll("practical") SpacedSchedule spaced,
      @ForAll Parameterization head,
      @ForAll("fixed") VarianceModel model,
      @ForAll @DoubleRange(min = -2, max = 2) double mean,
      @ForAll @DoubleRange(min = 0.05, max = 4) double dataVariance,
      @ForAll long seed) {
    GaussianDiffusion d = new GaussianDiffusion(spaced);
    simulate(
        new DdpmSampler(),
        process(d, new GaussianData(mean, dataVariance), head, model),
        new GaussianData(mean, dataVariance),
        t -> {
          ReverseKernel posterior = d.posterior(t, t - 1);
          boolean small = model == VarianceModel.FIXED_SMALL;
          double variance = small ? d.posteriorVariance(t) : d.beta(t);
          double sigma = t == 1 ? 0 : Math.sqrt(variance);
          return new ReverseKernel(posterior.kappa(), posterior.lambda(), sigma);
        },
        seed);
  }

  @Property
  void theExactReverseVarianceKeepsTheLawOfTheData(
      @ForAll("spaced") SpacedSchedule spaced,
      @ForAll @DoubleRange(min = 0, max = 1) double eta,
      @ForAll @DoubleRange(min = -2, max = 2) double mean,
      @ForAll @DoubleRange(min = 0.05, max = 4) double variance) {
    GaussianDiffusion d = new GaussianDiffusion(spaced);
    GaussianData data = new GaussianData(mean, variance);
    Law law = data.at(d, d.steps());
    for (int t = d.steps(); t >= 1; t--) {
      ReverseKernel step = d.reverse(t, t - 1, d.sigma(eta, t, t - 1));
      // Marginal preservation holds for x_0 drawn from q(x_0|x_t); putting its mean in its place
      // loses λ² Var[x_0|x_t].
      double lost = step.lambda() * step.lambda() * data.uncertainty(d, t);
      law =
          data.after(
              d,
              t,
              new ReverseKernel(step.kappa(), step.lambda(), Math.sqrt(step.variance() + lost)),
              law);
      assertEquals(data.at(d, t - 1).mean(), law.mean(), 1e-12);
      assertEquals(data.at(d, t - 1).variance(), law.variance(), 1e-12);
    }
  }

  @Property(tries = 30)
  void theLawTendsToTheDataInProportionToTheStepSize(
      @ForAll @DoubleRange(min = 0, max = 1) double eta,
      @ForAll @DoubleRange(min = 0.1, max = 3) double variance) {
    GaussianDiffusion longest = GaussianDiffusion.of(BetaSchedule.linear(8000));
    GaussianData data = new GaussianData(1, variance);
    double coarse = Math.abs(finalLaw(longest, 250, data, eta).variance() - variance);
    double fine = Math.abs(finalLaw(longest, 1000, data, eta).variance() - variance);
    double finest = Math.abs(finalLaw(longest, 4000, data, eta).variance() - variance);
    assertTrue(fine <= 0.4 * coarse + 1e-9, coarse + " → " + fine);
    assertTrue(finest <= 0.4 * fine + 1e-9, fine + " → " + finest);
  }

  @Property(tries = 20)
  void ddimWithoutNoiseIsDeterministicGivenTheStart(
      @ForAll("spaced") SpacedSchedule spaced, @ForAll long seed, @ForAll long otherSeed) {
    GaussianDiffusion d = new GaussianDiffusion(spaced);
    ReverseProcess process =
        process(d, new GaussianData(1, 2), Parameterization.EPSILON, VarianceModel.FIXED_SMALL);
    Tensor x = NoiseSource.of(seed).draw(0, Shape.of(2, 3));
    Tensor one = new DdimSampler(0).sample(process, x, null, NoiseSource.of(seed));
    Tensor two = new DdimSampler(0).sample(process, x, null, NoiseSource.of(otherSeed));
    assertArrayEquals(one.toArray(), two.toArray());
  }

  private static Law finalLaw(GaussianDiffusion longest, int steps, GaussianData data, double eta) {
    GaussianDiffusion d = longest.respaced(TimestepSpacing.sections(steps));
    Law law = data.at(d, d.steps());
    for (int t = d.steps(); t >= 1; t--) {
      law = data.after(d, t, d.reverse(t, t - 1, d.sigma(eta, t, t - 1)), law);
    }
    return law;
  }

  private static ReverseProcess process(
      GaussianDiffusion d, GaussianData data, Parameterization head, VarianceModel model) {
    return new ReverseProcess(
        d, data.network(d.schedule(), head), head, model, Thresholding.none());
  }

  /**
   * Runs the sampler from the exact law of x_T and compares every step with the law's recursion.
   */
  private static void simulate(
      Sampler sampler,
      ReverseProcess process,
      GaussianData data,
      IntFunction<ReverseKernel> kernel,
      long seed) {
    GaussianDiffusion d = process.diffusion();
    Law law = data.at(d, d.steps());
    NoiseSource noise = NoiseSource.of(seed);
    Tensor x = noise.draw(0, SAMPLES).affine((float) Math.sqrt(law.variance()), (float) law.mean());
    double rounding = 0;
    Iterator<SamplingStep> steps = sampler.steps(process, x, null, noise);
    for (int t = d.steps(); t >= 1; t--) {
      rounding =
          data.roundingAfter(d, t, kernel.apply(t), law, process.parameterization(), rounding);
      law = data.after(d, t, kernel.apply(t), law);
      SamplingStep step = steps.next();
      assertEquals(d.steps() - t + 1, step.done());
      assertEquals(d.schedule().timestep(t), step.timestep());
      float[] values = step.x().toArray();
      double[] sample = new double[values.length];
      for (int i = 0; i < sample.length; i++) {
        sample[i] = values[i];
      }
      SampleMoments.of(sample).assertNormal(law.mean(), law.variance(), rounding);
    }
    assertTrue(!steps.hasNext());
  }
}
