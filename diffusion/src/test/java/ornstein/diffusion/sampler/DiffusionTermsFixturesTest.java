package ornstein.diffusion.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import ornstein.diffusion.Fixtures;
import ornstein.diffusion.loss.DiffusionLoss;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseMoments;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.engine.Tensor;
import ornstein.engine.io.SafeTensors;

/**
 * The terms of the reference implementation on cosine, T = 100, with 0.7 x + 0.1 as the network, to
 * 1e-6 of each tensor's largest value. The images are NCHW there; nothing here depends on the order
 * of the axes behind the first.
 */
final class DiffusionTermsFixturesTest {
  private final SafeTensors file = Fixtures.open("diffusion_terms.safetensors");
  private final GaussianDiffusion diffusion = GaussianDiffusion.of(BetaSchedule.cosine(100));
  private Tensor start = Tensor.scalar(0);
  private Tensor noise = Tensor.scalar(0);
  private Tensor step = Tensor.scalar(0);

  @BeforeEach
  void read() throws IOException {
    start = tensor("x0");
    noise = tensor("noise");
    long[] zeroBased = file.longs("t");
    float[] steps = new float[zeroBased.length];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = zeroBased[i] + 1f;
    }
    step = Tensor.of(steps);
  }

  @AfterEach
  void close() {
    file.close();
  }

  private Tensor tensor(String name) throws IOException {
    return Tensor.of(file.shape(name), file.floats(name));
  }

  private ReverseProcess process(Parameterization parameterization, VarianceModel variance) {
    return new ReverseProcess(
        diffusion,
        (x, time, labels) -> x.affine(0.7f, 0.1f),
        parameterization,
        variance,
        Thresholding.clip());
  }

  private Tensor noised() {
    return process(Parameterization.EPSILON, VarianceModel.FIXED_SMALL)
        .forward()
        .sample(start, step, noise);
  }

  @Test
  void forwardSample() throws IOException {
    check("q_sample", noised());
  }

  @ParameterizedTest
  @CsvSource({
    "FIXED_SMALL,EPSILON",
    "FIXED_SMALL,START_X",
    "FIXED_SMALL,PREVIOUS_X",
    "FIXED_LARGE,EPSILON",
    "FIXED_LARGE,START_X",
    "FIXED_LARGE,PREVIOUS_X"
  })
  void reverseMoments(VarianceModel variance, Parameterization parameterization)
      throws IOException {
    Tensor x = noised();
    ReverseMoments p = process(parameterization, variance).moments(x, step, null);
    String prefix = variance + "." + parameterization + ".p_mean_variance.";
    check(prefix + "mean", p.mean());
    check(prefix + "variance", p.variance().expand(x.shape()));
    check(prefix + "log_variance", p.logVariance().expand(x.shape()));
    check(prefix + "pred_xstart", p.start());
  }

  @ParameterizedTest
  @CsvSource({
    "FIXED_SMALL,EPSILON,MSE",
    "FIXED_SMALL,START_X,MSE",
    "FIXED_SMALL,PREVIOUS_X,MSE",
    "FIXED_LARGE,EPSILON,MSE",
    "FIXED_LARGE,START_X,RESCALED_MSE",
    "FIXED_LARGE,PREVIOUS_X,RESCALED_MSE"
  })
  void squaredError(VarianceModel variance, Parameterization parameterization, String loss)
      throws IOException {
    Tensor ours =
        DiffusionLoss.simple()
            .perSample(process(parameterization, variance), start, step, noise, null);
    check(variance + "." + parameterization + "." + loss + ".mse", ours);
    check(variance + "." + parameterization + "." + loss + ".loss", ours);
  }

  @ParameterizedTest
  @EnumSource(names = {"FIXED_SMALL", "FIXED_LARGE"})
  void deterministicDdimStep(VarianceModel variance) throws IOException {
    ReverseProcess p = process(Parameterization.EPSILON, variance);
    Tensor next = new DdimSampler(0).transition(p).apply(noised(), step, null, null).x();
    check(variance + ".ddim_eta0.sample", next);
  }

  @ParameterizedTest
  @EnumSource(names = {"FIXED_SMALL", "FIXED_LARGE"})
  void ddimInversionStep(VarianceModel variance) throws IOException {
    // The reference's numbers are without clipping, which would change the noise to be kept.
    ReverseProcess p = process(Parameterization.EPSILON, variance).with(Thresholding.none());
    check(variance + ".ddim_reverse.sample", new DdimInversion(p).step(noised(), step, null));
  }

  /** The network with a second half of channels, behind one axis that holds all coordinates. */
  private ReverseProcess learned(Parameterization parameterization) throws IOException {
    Tensor variance = flat(tensor("model_v"));
    return new ReverseProcess(
        diffusion,
        (x, time, labels) -> Tensor.concat(1, List.of(x.affine(0.7f, 0.1f), variance)),
        parameterization,
        VarianceModel.LEARNED_RANGE,
        Thresholding.clip());
  }

  private static Tensor flat(Tensor x) {
    return x.reshape(x.shape().dim(0), -1);
  }

  @ParameterizedTest
  @EnumSource(names = {"EPSILON", "START_X", "PREVIOUS_X"})
  void learnedMoments(Parameterization parameterization) throws IOException {
    ReverseMoments p = learned(parameterization).moments(flat(noised()), step, null);
    String prefix = "LEARNED_RANGE." + parameterization + ".p_mean_variance.";
    checkFlat(prefix + "mean", p.mean());
    checkFlat(prefix + "variance", p.variance());
    checkFlat(prefix + "log_variance", p.logVariance());
    checkFlat(prefix + "pred_xstart", p.start());
  }

  @ParameterizedTest
  @CsvSource({
    "EPSILON,MSE,unscaled_hybrid",
    "EPSILON,RESCALED_MSE,hybrid",
    "EPSILON,KL,kl",
    "EPSILON,RESCALED_KL,vlb",
    "START_X,MSE,unscaled_hybrid",
    "START_X,RESCALED_MSE,hybrid",
    "START_X,KL,kl",
    "START_X,RESCALED_KL,vlb",
    "PREVIOUS_X,MSE,unscaled_hybrid",
    "PREVIOUS_X,RESCALED_MSE,hybrid",
    "PREVIOUS_X,KL,kl",
    "PREVIOUS_X,RESCALED_KL,vlb"
  })
  void everyLossOfALearnedVariance(Parameterization parameterization, String theirs, String ours)
      throws IOException {
    String prefix = "LEARNED_RANGE." + parameterization + "." + theirs + ".";
    Tensor loss =
        DiffusionLoss.named(ours)
            .perSample(learned(parameterization), flat(start), step, flat(noise), null);
    double factor = ours.equals("vlb") ? 100 : ours.equals("hybrid") ? 0.1 : 1;
    checkBound(prefix + "loss", loss, factor);
    if (file.names().contains(prefix + "vb")) {
      Tensor squared =
          DiffusionLoss.simple()
              .perSample(
                  process(parameterization, VarianceModel.FIXED_SMALL), start, step, noise, null);
      check(prefix + "mse", squared);
      checkBound(prefix + "vb", loss.sub(squared), factor);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FIXED_SMALL,EPSILON", "FIXED_SMALL,START_X", "FIXED_SMALL,PREVIOUS_X",
    "FIXED_LARGE,EPSILON", "FIXED_LARGE,START_X", "FIXED_LARGE,PREVIOUS_X"
  })
  void theBoundOfAFixedVariance(VarianceModel variance, Parameterization parameterization)
      throws IOException {
    ReverseProcess p = process(parameterization, variance);
    String prefix = variance + "." + parameterization + ".";
    check(prefix + "KL.loss", DiffusionLoss.kl().perSample(p, start, step, noise, null), 4e-6);
    check(
        prefix + "RESCALED_KL.loss",
        DiffusionLoss.vlb().perSample(p, start, step, noise, null),
        4e-6);
  }

  /**
   * A bound's term. At step 1 the probability of a value far off is the difference of two rounded
   * numbers near 1: half a unit in the last place of tanh decides between 2^-24 and nothing, which
   * counts as 10^-12. One of the 192 values may fall the other way.
   */
  private void checkBound(String name, Tensor ours, double factor) throws IOException {
    double oneValue = (Math.log(0x1p-24) - Math.log(1e-12)) / Math.log(2) / 192;
    double[] expected = file.doubles(name);
    float[] actual = ours.toArray();
    for (int i = 0; i < expected.length; i++) {
      boolean first = step.toArray()[i] == 1;
      // A divergence is a difference of numbers near 1: 2^-22 of them remains.
      double rounding = 4e-6 * Math.abs(expected[i]) + 0x1p-22 * Math.max(1, factor);
      double tolerance = rounding + (first ? oneValue * factor : 0);
      assertEquals(expected[i], actual[i], tolerance, name + "[" + i + "]");
    }
  }

  private void checkFlat(String name, Tensor ours) throws IOException {
    check(name, ours.reshape(file.shape(name)));
  }

  private void check(String name, Tensor ours) throws IOException {
    check(name, ours, 1e-6);
  }

  private void check(String name, Tensor ours, double tolerance) throws IOException {
    double[] expected = file.doubles(name);
    float[] actual = ours.toArray();
    assertEquals(file.shape(name), ours.shape(), name);
    double largest = 0;
    for (double v : expected) {
      largest = Math.max(largest, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], tolerance * largest, name + "[" + i + "]");
    }
  }
}
