package ornstein.diffusion.sampler;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import ornstein.diffusion.Fixtures;
import ornstein.diffusion.loss.SimpleLoss;
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
        new SimpleLoss().perSample(process(parameterization, variance), start, step, noise, null);
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

  private void check(String name, Tensor ours) throws IOException {
    double[] expected = file.doubles(name);
    float[] actual = ours.toArray();
    assertEquals(file.shape(name), ours.shape(), name);
    double largest = 0;
    for (double v : expected) {
      largest = Math.max(largest, Math.abs(v));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-6 * largest, name + "[" + i + "]");
    }
  }
}
