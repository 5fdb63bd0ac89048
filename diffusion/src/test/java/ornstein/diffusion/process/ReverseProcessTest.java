package ornstein.diffusion.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;

final class ReverseProcessTest {
  private static final GaussianDiffusion CHAIN = GaussianDiffusion.of(BetaSchedule.linear(200));

  private static ReverseProcess process(
      GaussianDiffusion d, Denoiser network, Parameterization head) {
    return new ReverseProcess(d, network, head, VarianceModel.FIXED_SMALL, Thresholding.none());
  }

  @Test
  void theNetworkIsToldOriginalTimesScaledOnce() {
    List<float[]> times = new ArrayList<>();
    Denoiser network =
        (x, time, labels) -> {
          times.add(time.toArray());
          return x;
        };
    SpacedSchedule kept = SpacedSchedule.of(BetaSchedule.linear(200), true, 1, 50, 200);
    ReverseProcess p = process(new GaussianDiffusion(kept), network, Parameterization.EPSILON);
    Tensor x = Tensor.zeros(3, 2);
    p.output(x, Tensor.of(new float[] {1, 2, 3}), null);
    p.respaced(TimestepSpacing.all()).output(x, Tensor.of(new float[] {1, 50, 200}), null);
    assertArrayEquals(new float[] {0, 49 * 5, 199 * 5}, times.get(0));
    assertArrayEquals(times.get(0), times.get(1));
  }

  @ParameterizedTest
  @EnumSource(Parameterization.class)
  void anOutputMeansTheSameOnAShortChain(Parameterization head) {
    Denoiser network = (x, time, labels) -> x.affine(0.3f, -0.2f);
    Tensor x = Tensor.of(new float[] {-1.5f, -0.2f, 0.1f, 2}, 4, 1);
    GaussianDiffusion shortChain = CHAIN.respaced(TimestepSpacing.parse("ddim8"));
    Tensor longStart =
        process(CHAIN, network, head)
            .predictStart(x, Tensor.of(new float[] {1, 26, 101, 176}), null);
    Tensor shortStart =
        process(shortChain, network, head)
            .predictStart(x, Tensor.of(new float[] {1, 2, 5, 8}), null);
    assertArrayEquals(longStart.toArray(), shortStart.toArray());
  }

  @ParameterizedTest
  @EnumSource(Parameterization.class)
  void thePerfectOutputRecoversDataAndNoise(Parameterization head) {
    Tensor start = Tensor.of(new float[] {-0.9f, 0.4f, 1}, 3, 1);
    Tensor noise = Tensor.of(new float[] {0.5f, -1.3f, 0.2f}, 3, 1);
    Tensor step = Tensor.of(new float[] {2, 60, 120});
    ReverseProcess q = process(CHAIN, (x, time, labels) -> x, head);
    Tensor perfect = q.target(start, step, noise);
    ReverseProcess p = process(CHAIN, (x, time, labels) -> perfect, head);
    Tensor x = p.forward().sample(start, step, noise);
    Tensor predicted = p.predictStart(x, step, null);
    // Step 2 divides by a noise of 0.03, or a posterior λ of about 0.8.
    assertArrayEquals(start.toArray(), predicted.toArray(), 1e-5f);
    assertArrayEquals(noise.toArray(), p.noiseOf(x, step, predicted).toArray(), 1e-4f);
  }

  @Test
  void thePreviousXIsTheMeanOnlyOnItsOwnChain() {
    Denoiser network = (x, time, labels) -> x.mul(0.5f);
    Tensor x = Tensor.of(new float[] {1, -1}, 2, 1);
    Tensor step = Tensor.of(new float[] {5, 8});
    ReverseProcess own = process(CHAIN, network, Parameterization.PREVIOUS_X);
    assertArrayEquals(new float[] {0.5f, -0.5f}, own.moments(x, step, null).mean().toArray());
    GaussianDiffusion shortChain = CHAIN.respaced(TimestepSpacing.parse("ddim8"));
    ReverseMoments p =
        process(shortChain, network, Parameterization.PREVIOUS_X).moments(x, step, null);
    float[] starts = p.start().toArray();
    for (int i = 0; i < 2; i++) {
      int t = i == 0 ? 5 : 8;
      ReverseKernel posterior = shortChain.posterior(t, t - 1);
      double mean = posterior.kappa() * x.toArray()[i] + posterior.lambda() * starts[i];
      assertEquals(mean, p.mean().toArray()[i], 1e-5);
    }
  }

  @Test
  void gradientsFlowToTheNetwork() {
    Tensor weight = Tensor.scalar(0.7f).requiresGrad();
    ReverseProcess p = process(CHAIN, (x, time, labels) -> x.mul(weight), Parameterization.START_X);
    Tensor x = Tensor.of(new float[] {1, 2}, 2, 1);
    Tensor step = Tensor.of(new float[] {100, 100});
    Tensor total = p.moments(x, step, null).mean().sum();
    double lambda = CHAIN.posterior(100, 99).lambda();
    assertEquals(3 * lambda, total.backward().get(weight).item(), 1e-6);
  }

  @Test
  void stepsOutsideTheChainAreRefused() {
    ReverseProcess p = process(CHAIN, (x, time, labels) -> x, Parameterization.EPSILON);
    for (float bad : new float[] {0, 201}) {
      assertThrows(
          IndexOutOfBoundsException.class,
          () -> p.predictStart(Tensor.zeros(1, 2), Tensor.of(new float[] {bad}), null));
    }
  }

  @Test
  void noiseMustHaveTheSamplesShape() {
    ForwardProcess q = new ForwardProcess(CHAIN);
    Tensor step = Tensor.of(new float[] {1, 2});
    assertThrows(
        ShapeException.class, () -> q.sample(Tensor.zeros(2, 4), step, Tensor.zeros(2, 1)));
  }

  @Test
  void clippingKeepsTheRangeOfImages() {
    Tensor wide = Tensor.of(new float[] {-3, -1, 0.5f, 1, 2});
    assertArrayEquals(new float[] {-1, -1, 0.5f, 1, 1}, Thresholding.clip().apply(wide).toArray());
    assertArrayEquals(wide.toArray(), Thresholding.none().apply(wide).toArray());
  }
}
