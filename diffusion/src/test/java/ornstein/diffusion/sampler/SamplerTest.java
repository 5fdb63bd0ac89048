package ornstein.diffusion.sampler;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.TorchRng;

final class SamplerTest {
  private static final Shape IMAGES = Shape.of(3, 4, 4, 2);

  static List<Sampler> samplers() {
    return List.of(new DdpmSampler(), new DdimSampler(0), new DdimSampler(1));
  }

  /** A network that depends on every input: sample, time and label. */
  private static ReverseProcess process(int steps) {
    return process(steps, d -> d);
  }

  private static ReverseProcess process(int steps, UnaryOperator<Denoiser> declared) {
    return new ReverseProcess(
        GaussianDiffusion.of(BetaSchedule.cosine(100)).respaced(TimestepSpacing.sections(steps)),
        declared.apply(
            (x, time, labels) -> {
              Tensor shift = time.mul(0.001f);
              Tensor bias = labels == null ? shift : shift.add(labels);
              return x.mul(0.6f).add(bias.reshape(x.shape().dim(0), 1, 1, 1));
            }),
        Parameterization.EPSILON,
        VarianceModel.FIXED_SMALL,
        Thresholding.clip());
  }

  /** PyTorch's sequence of numbers: a recorded step takes the same ones as the code itself. */
  @ParameterizedTest
  @MethodSource("samplers")
  void torchsNoiseIsDrawnInOrder(Sampler sampler) {
    Tensor labels = Tensor.of(new float[] {0, 1, 2});
    float[][] samples = new float[2][];
    for (int i = 0; i < 2; i++) {
      UnaryOperator<Denoiser> declared = i == 0 ? d -> d : Denoiser::recordable;
      NoiseSource noise = NoiseSource.torch(7);
      Tensor x = noise.draw(0, IMAGES);
      samples[i] = sampler.sample(process(9, declared), x, labels, noise.from(3)).toArray();
    }
    assertArrayEquals(samples[0], samples[1]);
  }

  @Test
  void torchsImagesHaveTheirChannelsFirst() {
    float[] values = new float[IMAGES.size()];
    TorchRng.of(7).normal(values);
    Tensor drawn = NoiseSource.torch(7).draw(0, IMAGES);
    assertArrayEquals(values, drawn.permute(0, 3, 1, 2).toArray());
    float[] few = new float[6];
    TorchRng.of(7).normal(few);
    assertArrayEquals(few, NoiseSource.torch(7).draw(0, Shape.of(3, 2)).toArray());
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aSampleDoesNotDependOnItsBatch(Sampler sampler) {
    Tensor labels = Tensor.of(new float[] {0, 1, 2});
    NoiseSource noise = NoiseSource.of(7);
    Tensor batch = sampler.sample(process(9), noise.draw(0, IMAGES), labels, noise);
    for (int i = 0; i < 3; i++) {
      NoiseSource own = noise.from(i);
      Tensor alone =
          sampler.sample(
              process(9), own.draw(0, IMAGES.with(0, 1)), Tensor.of(new float[] {i}), own);
      assertArrayEquals(batch.slice(0, i, i + 1).toArray(), alone.toArray(), "sample " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void recordedStepsGiveTheSameBits(Sampler sampler) {
    Tensor labels = Tensor.of(new float[] {0, 1, 2});
    NoiseSource noise = NoiseSource.of(7);
    Tensor x = noise.draw(0, IMAGES);
    List<float[]> expected = new ArrayList<>();
    Tensor plain =
        sampler.sample(
            process(6),
            x,
            labels,
            noise,
            step -> expected.add(step.x().toArray()) && expected.add(step.start().toArray()));
    ReverseProcess recordable = process(6, Denoiser::recordable);
    for (int run = 0; run < 3; run++) {
      List<float[]> actual = new ArrayList<>();
      Tensor recorded =
          sampler.sample(
              recordable,
              x,
              labels,
              noise,
              step -> actual.add(step.x().toArray()) && actual.add(step.start().toArray()));
      assertArrayEquals(plain.toArray(), recorded.toArray());
      for (int i = 0; i < expected.size(); i++) {
        assertArrayEquals(expected.get(i), actual.get(i), "tensor " + i);
      }
    }
    // two programs of a stochastic sampler, with noise and without, one of a deterministic
    assertTrue(recordable.programs().size() >= 1 && recordable.programs().size() <= 2);
  }

  /** The program's tensors are overwritten by the next step: late readers are told so. */
  @Test
  void tensorsOfAStepAreTakenBeforeTheNext() {
    NoiseSource noise = NoiseSource.of(1);
    Iterator<SamplingStep> steps =
        new DdimSampler(0)
            .steps(process(3, Denoiser::recordable), noise.draw(0, IMAGES), null, noise);
    SamplingStep first = steps.next();
    float[] x = first.x().toArray();
    SamplingStep second = steps.next();
    assertThrows(IllegalStateException.class, first::x);
    assertFalse(Arrays.equals(x, second.x().toArray()));
    SamplingStep last = steps.next();
    assertArrayEquals(last.x().toArray(), last.start().toArray(), 1e-6f);
  }

  /** A network that reads values cannot be recorded, whatever it was declared to be. */
  @Test
  void whatCannotBeRecordedRunsAsItIs() {
    NoiseSource noise = NoiseSource.of(1);
    Tensor x = noise.draw(0, IMAGES);
    Denoiser reads = (y, time, labels) -> y.mul(time.toArray()[0] * 0.001f);
    float[] expected = new DdimSampler(1).sample(process(4, d -> reads), x, null, noise).toArray();
    ReverseProcess declared = process(4, d -> Denoiser.recordable(reads));
    assertArrayEquals(expected, new DdimSampler(1).sample(declared, x, null, noise).toArray());
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void theLastStepIsThePredictionItself(Sampler sampler) {
    NoiseSource noise = NoiseSource.of(1);
    List<SamplingStep> seen = new ArrayList<>();
    Tensor result =
        sampler.sample(process(4), noise.draw(0, IMAGES), null, noise, step -> seen.add(step));
    assertEquals(List.of(1, 2, 3, 4), seen.stream().map(SamplingStep::done).toList());
    assertEquals(List.of(100, 67, 34, 1), seen.stream().map(SamplingStep::timestep).toList());
    SamplingStep last = seen.get(3);
    assertArrayEquals(last.x().toArray(), result.toArray());
    assertArrayEquals(last.start().toArray(), result.toArray(), 1e-6f);
    for (SamplingStep step : seen) {
      assertEquals(4, step.total());
      assertEquals(IMAGES, step.shape());
      for (float v : step.start().toArray()) {
        assertTrue(v >= -1 && v <= 1, "clipped");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("samplers")
  void aListenerCancels(Sampler sampler) {
    NoiseSource noise = NoiseSource.of(1);
    List<Integer> seen = new ArrayList<>();
    CancellationException e =
        assertThrows(
            CancellationException.class,
            () ->
                sampler.sample(
                    process(5),
                    noise.draw(0, IMAGES),
                    null,
                    noise,
                    step -> {
                      seen.add(step.done());
                      return step.done() < 2;
                    }));
    assertEquals(List.of(1, 2), seen);
    assertEquals("sampling was cancelled after step 2 of 5", e.getMessage());
  }

  @Test
  void refusingToGoOnAfterTheLastStepCancelsNothing() {
    NoiseSource noise = NoiseSource.of(1);
    Tensor x = noise.draw(0, IMAGES);
    Tensor result = new DdimSampler(0).sample(process(1), x, null, noise, step -> false);
    assertEquals(IMAGES, result.shape());
  }

  @Test
  void aChainEndsOnce() {
    NoiseSource noise = NoiseSource.of(1);
    Iterator<SamplingStep> steps =
        new DdpmSampler().steps(process(1), noise.draw(0, IMAGES), null, noise);
    assertTrue(steps.hasNext());
    steps.next();
    assertFalse(steps.hasNext());
    assertThrows(NoSuchElementException.class, steps::next);
  }

  @Test
  void stochasticSamplersUseTheirSeed() {
    Tensor x = NoiseSource.of(1).draw(0, IMAGES);
    for (Sampler sampler : List.of(new DdpmSampler(), new DdimSampler(1))) {
      float[] one = sampler.sample(process(5), x, null, NoiseSource.of(1)).toArray();
      float[] again = sampler.sample(process(5), x, null, NoiseSource.of(1)).toArray();
      float[] other = sampler.sample(process(5), x, null, NoiseSource.of(2)).toArray();
      assertArrayEquals(one, again);
      assertFalse(Arrays.equals(one, other));
    }
  }

  /** Where the noise that the network sees is the same at both ends, nothing is lost. */
  @Test
  void ddimUndoesItsInversion() {
    Tensor seen = NoiseSource.of(2).draw(0, IMAGES);
    ReverseProcess process =
        new ReverseProcess(
            GaussianDiffusion.of(BetaSchedule.linear(100)),
            (x, time, labels) -> seen,
            Parameterization.EPSILON,
            VarianceModel.FIXED_SMALL,
            Thresholding.none());
    DdimInversion inversion = new DdimInversion(process);
    Tensor x = NoiseSource.of(1).draw(0, IMAGES);
    Tensor steps = Tensor.of(new float[] {1, 40, 99});
    Tensor noisier = inversion.step(x, steps, null);
    float[] back =
        new DdimSampler(0)
            .transition(process)
            .apply(noisier, steps.add(1f), null, null)
            .x()
            .toArray();
    assertArrayEquals(x.toArray(), back, 1e-5f);
    assertFalse(Arrays.equals(x.toArray(), noisier.toArray()));
    Tensor last = inversion.step(x, Tensor.full(Shape.of(3), 100f), null);
    assertArrayEquals(seen.toArray(), last.toArray(), 1e-5f);
    assertThrows(
        IndexOutOfBoundsException.class,
        () -> inversion.step(x, Tensor.full(Shape.of(3), 0f), null));
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void etaHasItsRange(double eta) {
    assertThrows(IllegalArgumentException.class, () -> new DdimSampler(eta));
  }

  @Test
  void noiseDiffersBetweenSamplesAndDraws() {
    NoiseSource noise = NoiseSource.of(3);
    float[] first = noise.draw(0, Shape.of(2, 8)).toArray();
    assertFalse(Arrays.equals(Arrays.copyOfRange(first, 0, 8), Arrays.copyOfRange(first, 8, 16)));
    assertFalse(Arrays.equals(first, noise.draw(1, Shape.of(2, 8)).toArray()));
    assertArrayEquals(
        Arrays.copyOfRange(first, 8, 16), noise.from(1).draw(0, Shape.of(1, 8)).toArray());
    assertNotEquals(first[0], NoiseSource.of(4).draw(0, Shape.of(1, 8)).toArray()[0]);
    assertEquals(Shape.of(0, 8), noise.draw(0, Shape.of(0, 8)).shape());
    assertThrows(IllegalArgumentException.class, () -> noise.from(-1));
  }

  @Test
  void aNetworkOfAnotherShapeIsNamed() {
    ReverseProcess wrong =
        new ReverseProcess(
            GaussianDiffusion.of(BetaSchedule.cosine(10)),
            (x, time, labels) -> x.slice(-1, 0, 1),
            Parameterization.EPSILON,
            VarianceModel.FIXED_LARGE,
            Thresholding.none());
    NoiseSource noise = NoiseSource.of(0);
    ShapeException e =
        assertThrows(
            ShapeException.class,
            () -> new DdpmSampler().sample(wrong, noise.draw(0, IMAGES), null, noise));
    assertTrue(String.valueOf(e.getMessage()).contains("[3, 4, 4, 1] for samples [3, 4, 4, 2]"));
  }
}
