package ornstein.diffusion.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.nn.Parameter;
import ornstein.nn.unet.UNetConfig;

class TrainerTest {
  private final ImageDataset digits = digits();
  private final DiffusionConfig diffusion = DiffusionConfig.defaults(8, 8, digits.classNames());
  private final TrainingConfig config =
      TrainingConfig.defaults()
          .withRate(16, 2e-3, 5, true)
          .withEmaDecay(0.9)
          .withLimits(4, Duration.ZERO);

  private static ImageDataset digits() {
    try {
      return Datasets.digits();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static UNetConfig network(float dropout) {
    return UNetConfig.builder()
        .channels(1)
        .modelChannels(8)
        .groups(4)
        .numResBlocks(1)
        .channelMult(1, 2)
        .attentionResolutions(2)
        .numHeads(2)
        .numClasses(10)
        .dropout(dropout)
        .build();
  }

  private float[] trainedWeights(TrainingConfig c) {
    Trainer trainer = new Trainer(network(0.1f), diffusion, digits, c);
    trainer.run(progress -> {});
    List<float[]> all = new ArrayList<>();
    for (Parameter p : trainer.pipeline().model().parameters()) {
      all.add(p.value().toArray());
    }
    float[] flat = new float[all.stream().mapToInt(a -> a.length).sum()];
    int at = 0;
    for (float[] a : all) {
      System.arraycopy(a, 0, flat, at, a.length);
      at += a.length;
    }
    return flat;
  }

  @Test
  void sameSeedSameWeightsOnEveryBackEnd() {
    float[] expected = trainedWeights(config);
    try (Kernels scalar = KernelsProvider.scalar(2);
        Kernels vector = KernelsProvider.vector(3)) {
      assertArrayEquals(expected, KernelsProvider.with(scalar, () -> trainedWeights(config)));
      assertArrayEquals(expected, KernelsProvider.with(vector, () -> trainedWeights(config)));
    }
    assertFalse(Arrays.equals(expected, trainedWeights(config.withSeed(1))));
  }

  @Test
  void stoppingEndsTheRunAfterTheStepAtWork() {
    Trainer trainer = new Trainer(network(0.1f), diffusion, digits, config);
    Trainer half = new Trainer(network(0.1f), diffusion, digits, config);
    List<Double> losses = new ArrayList<>();
    trainer.run(p -> losses.add(p.loss()));
    List<Double> halves = new ArrayList<>();
    half.run(
        p -> {
          halves.add(p.loss());
          if (p.step() == 2) {
            half.stop();
          }
        });
    assertEquals(losses.subList(0, 2), halves);
    assertEquals(2, half.steps());
    half.run(p -> halves.add(p.loss()));
    assertEquals(4, losses.size());
    assertEquals(losses, halves);
  }

  @Test
  void aStopAskedForBetweenRunsEndsTheNextOneOnly() {
    Trainer trainer = new Trainer(network(0f), diffusion, digits, config);
    trainer.stop();
    trainer.run(p -> {});
    assertEquals(0, trainer.steps());
    trainer.run(p -> {});
    assertEquals(4, trainer.steps());
  }

  @Test
  void theLossFallsAndProgressAddsUp() {
    Trainer trainer =
        new Trainer(network(0f), diffusion, digits, config.withLimits(80, Duration.ZERO));
    List<TrainingProgress> steps = new ArrayList<>();
    trainer.run(steps::add);
    assertEquals(80, steps.size());
    TrainingProgress last = steps.getLast();
    assertEquals(80L * 16, last.images());
    assertEquals(1.0, last.fraction());
    assertTrue(last.learningRate() < 5e-5, "annealed to " + last.learningRate());
    double before = mean(steps.subList(0, 20));
    double after = mean(steps.subList(60, 80));
    // a network that knows nothing has a loss of 1, the variance of the noise
    assertEquals(1.0, steps.get(0).loss(), 0.15);
    assertTrue(after < 0.75 * before, before + " → " + after);
  }

  private static double mean(List<TrainingProgress> steps) {
    return steps.stream().mapToDouble(TrainingProgress::loss).average().orElseThrow();
  }

  @Test
  void aTimeLimitEndsTheRun() {
    Trainer trainer =
        new Trainer(network(0f), diffusion, digits, config.withLimits(0, Duration.ofMillis(300)));
    List<TrainingProgress> steps = new ArrayList<>();
    trainer.run(steps::add);
    assertTrue(steps.getLast().elapsed().toMillis() >= 250, steps.getLast().toString());
    assertTrue(steps.getLast().fraction() > 0.8, steps.getLast().toString());
  }

  @Test
  void aPipelineKeepsItsWeightsWhileTrainingGoesOn() {
    Trainer trainer = new Trainer(network(0f), diffusion, digits, config);
    SampleRequest request = SampleRequest.of(2).steps(2);
    var early = trainer.pipeline();
    byte[] before = early.sample(request).pixels();
    trainer.run(p -> {});
    assertArrayEquals(before, early.sample(request).pixels());
  }

  @Test
  void aLossThatIsNotFiniteStopsTheRunBeforeItHarmsTheWeights() {
    Trainer doomed = new Trainer(network(0f), diffusion, new NanImages(digits), config);
    TrainingException e = assertThrows(TrainingException.class, () -> doomed.run(q -> {}));
    assertTrue(e.getMessage().contains("at step 1"), e.getMessage());
    for (Parameter q : doomed.pipeline().model().parameters()) {
      for (float v : q.value().toArray()) {
        assertTrue(Float.isFinite(v));
      }
    }
  }

  /** The digits with a pixel that is not a number. */
  private record NanImages(ImageDataset data) implements ImageDataset {
    @Override
    public int size() {
      return data.size();
    }

    @Override
    public int height() {
      return data.height();
    }

    @Override
    public int width() {
      return data.width();
    }

    @Override
    public int channels() {
      return data.channels();
    }

    @Override
    public int classes() {
      return data.classes();
    }

    @Override
    public List<String> classNames() {
      return data.classNames();
    }

    @Override
    public int label(int i) {
      return data.label(i);
    }

    @Override
    public void image(int i, float[] dst, int offset) {
      data.image(i, dst, offset);
      dst[offset] = Float.NaN;
    }
  }

  @Test
  void dataThatDoesNotFitIsRefused() {
    UNetConfig rgb = network(0f).toBuilder().channels(3).build();
    assertThrows(IllegalArgumentException.class, () -> new Trainer(rgb, diffusion, digits, config));
    UNetConfig few = network(0f).toBuilder().numClasses(9).build();
    assertThrows(IllegalArgumentException.class, () -> new Trainer(few, diffusion, digits, config));
    UNetConfig deep = network(0f).toBuilder().channelMult(1, 1, 1, 1, 1).build();
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class, () -> new Trainer(deep, diffusion, digits, config));
    assertTrue(e.getMessage().contains("multiples of 16"), e.getMessage());
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    TrainingConfig d = TrainingConfig.defaults();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> d.withRate(0, 1e-3, 0, false));
    assertTrue(e.getMessage().contains("batch size"), e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> d.withRate(1, 0, 0, false));
    assertThrows(IllegalArgumentException.class, () -> d.withRate(1, Double.NaN, 0, false));
    assertThrows(IllegalArgumentException.class, () -> d.withEmaDecay(1));
    assertThrows(IllegalArgumentException.class, () -> d.withLimits(-1, Duration.ZERO));
    TrainingConfig endless = d.withRate(1, 1e-3, 0, true);
    assertThrows(
        IllegalArgumentException.class, () -> new Trainer(network(0f), diffusion, digits, endless));
  }
}
