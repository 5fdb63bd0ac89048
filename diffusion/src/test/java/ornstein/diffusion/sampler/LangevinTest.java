package ornstein.diffusion.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.GaussianMixture;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.SampleMoments;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/** Row 18: Langevin dynamics. */
class LangevinTest {
  private static final double MEAN = 0.5;
  private static final double VARIANCE = 0.3;
  private static final GaussianMixture DATA =
      new GaussianMixture(
          Tensor.of(new float[] {(float) MEAN}, 1, 1), VARIANCE, BetaSchedule.linear(1000));
  private static final int N = 20_000;
  private static final int T = 300;

  private static double[] values(Tensor x) {
    float[] f = x.toArray();
    double[] d = new double[f.length];
    for (int i = 0; i < d.length; i++) {
      d[i] = f[i];
    }
    return d;
  }

  /** Steps of δ at a law of variance V end at the variance V/(1 − δ/4V), which tends to V. */
  @ParameterizedTest
  @ValueSource(doubles = {0.4, 0.1, 0.02})
  void aGaussianIsLeftInvariantAsTheStepsBecomeSmall(double delta) {
    ContinuousProcess p = new ContinuousProcess(DATA.process(Parameterization.EPSILON));
    double bar = p.schedule().alphaBar(T);
    double variance = bar * VARIANCE + 1 - bar;
    double mean = Math.sqrt(bar) * MEAN;
    Tensor x =
        NoiseSource.of(1).draw(0, Shape.of(N, 1)).affine((float) Math.sqrt(variance), (float) mean);
    int steps = (int) (6 / delta) + 1;
    Tensor after = Langevin.dynamics(p, x, T, null, delta, steps, NoiseSource.of(2));
    double stationary = variance / (1 - delta / (4 * variance));
    // What is left of the start falls with (1 − δ/2V)² a step.
    double left = Math.pow(1 - delta / (2 * variance), 2 * steps);
    SampleMoments.of(values(after))
        .assertNormal(mean, stationary + left * (variance - stationary), 1e-5);
  }

  /** On Gaussian data each step is linear, so mean and variance of the result are known. */
  @ParameterizedTest
  @CsvSource({"3, 0.2", "10, 0.2", "10, 0.05", "1, 1"})
  void annealedDynamicsHaveTheLawOfTheirRecursion(int steps, double share) {
    ReverseProcess p =
        DATA.process(Parameterization.EPSILON).respaced(TimestepSpacing.quadratic(40));
    NoiseSource noise = NoiseSource.of(3);
    Tensor x = noise.draw(0, Shape.of(N, 1));
    Tensor samples = Langevin.annealed(steps, share).sample(p, x, null, noise);
    double[] law = annealed(p.diffusion(), steps, share);
    SampleMoments.of(values(samples)).assertNormal(law[0], law[1], 1e-4);
  }

  @Test
  void moreAndSmallerStepsOfAnnealedDynamicsReachTheData() {
    GaussianDiffusion levels = DATA.process(Parameterization.EPSILON).diffusion();
    double coarse = Math.abs(annealed(levels, 10, 0.2)[1] - VARIANCE);
    double fine = Math.abs(annealed(levels, 1000, 0.05)[1] - VARIANCE);
    assertTrue(fine < 0.01 * VARIANCE && fine < coarse, coarse + " → " + fine);
  }

  /** Mean and variance of annealed dynamics from N(0, 1). */
  private static double[] annealed(GaussianDiffusion levels, int steps, double share) {
    double mean = 0;
    double variance = 1;
    for (int t = levels.steps(); ; t--) {
      double bar = levels.alphaBar(t);
      double total = bar * VARIANCE + 1 - bar;
      double delta = share * (1 - bar);
      double kept = 1 - delta / (2 * total);
      for (int i = 0; i < steps; i++) {
        mean = Math.sqrt(bar) * MEAN + kept * (mean - Math.sqrt(bar) * MEAN);
        variance = kept * kept * variance + delta;
      }
      if (t == 1) {
        double gain = Math.sqrt(bar) * VARIANCE / total;
        return new double[] {MEAN + gain * (mean - Math.sqrt(bar) * MEAN), gain * gain * variance};
      }
      double scale = Math.sqrt(levels.alphaBar(t - 1) / bar);
      mean *= scale;
      variance *= scale * scale;
    }
  }

  /** A few long predictor steps alone are off; corrections at each level bring the law back. */
  @Test
  void theCorrectorMendsThePredictor() {
    // The step size comes from the norms of gradient and noise, which say little in few dimensions.
    int dimensions = 64;
    float[] mean = new float[dimensions];
    Arrays.fill(mean, (float) MEAN);
    ReverseProcess p =
        new GaussianMixture(Tensor.of(mean, 1, dimensions), VARIANCE, BetaSchedule.linear(1000))
            .process(Parameterization.EPSILON)
            .respaced(TimestepSpacing.quadratic(15));
    NoiseSource noise = NoiseSource.of(4);
    Tensor x = noise.draw(0, Shape.of(200, dimensions));
    double alone =
        SampleMoments.of(values(new DdimSampler(1).sample(p, x, null, noise))).variance();
    double corrected =
        SampleMoments.of(
                values(Langevin.corrector(ReverseFamily.eta(1), 8, 0.16).sample(p, x, null, noise)))
            .variance();
    assertTrue(
        Math.abs(corrected - VARIANCE) < 0.6 * Math.abs(alone - VARIANCE),
        alone + " → " + corrected + ", the data's " + VARIANCE);
  }

  /** The gradient's part of a corrector's first step is r times the noise's. */
  @Test
  void theCorrectorsRatioIsTheOneAskedFor() {
    double ratio = 0.16;
    int dimensions = 512;
    ReverseProcess p =
        new GaussianMixture(Tensor.zeros(1, dimensions), 1, BetaSchedule.of(0.5))
            .process(Parameterization.EPSILON);
    NoiseSource noise = NoiseSource.of(4);
    Tensor x = noise.draw(0, Shape.of(1, dimensions));
    // One step at one level, then the prediction: of data N(0, 1) it is √ᾱ times the sample.
    Tensor start = Langevin.corrector(ReverseFamily.eta(1), 1, ratio).sample(p, x, null, noise);
    float signal = (float) Math.sqrt(p.diffusion().alphaBar(1));
    double[] moved = values(start.mul(1 / signal).sub(x));
    double[] at = values(x);
    double[] z = values(noise.draw(1, x.shape()));
    // moved = −δ/2 x + √δ z, solved for both by least squares.
    double xx = dot(at, at);
    double xz = dot(at, z);
    double zz = dot(z, z);
    double determinant = xx * zz - xz * xz;
    double ofX = (dot(moved, at) * zz - dot(moved, z) * xz) / determinant;
    double ofZ = (dot(moved, z) * xx - dot(moved, at) * xz) / determinant;
    assertEquals(ratio, -ofX * Math.sqrt(xx) / (ofZ * Math.sqrt(zz)), 1e-4 * ratio);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  @Test
  void aSampleDoesNotDependOnItsBatch() {
    ReverseProcess p = DATA.process(Parameterization.EPSILON).respaced(TimestepSpacing.linspace(5));
    for (Langevin sampler :
        new Langevin[] {
          Langevin.annealed(2, 0.3), Langevin.corrector(ReverseFamily.eta(0.5), 2, 0.2)
        }) {
      NoiseSource noise = NoiseSource.of(4);
      float[] all = sampler.sample(p, noise.draw(0, Shape.of(3, 1)), null, noise).toArray();
      NoiseSource own = noise.from(2);
      float[] last = sampler.sample(p, own.draw(0, Shape.of(1, 1)), null, own).toArray();
      assertArrayEquals(new float[] {all[2]}, last);
    }
  }

  @Test
  void sizesOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Langevin.annealed(0, 0.1));
    assertThrows(IllegalArgumentException.class, () -> Langevin.annealed(1, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Langevin.corrector(ReverseFamily.posterior(), 1, Double.NaN));
  }
}
