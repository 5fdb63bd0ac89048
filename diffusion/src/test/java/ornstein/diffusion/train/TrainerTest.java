package ornstein.diffusion.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
  private final TrainingConfig config = limited().build();

  private static TrainingConfigBuilder settings() {
    return TrainingConfig.builder()
        .batchSize(16)
        .learningRate(2e-3, 5, Annealing.LINEAR)
        .emaDecays(0.9);
  }

  private static TrainingConfigBuilder limited() {
    return settings().limits(4, Duration.ZERO);
  }

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
    for (Parameter p : trainer.model().model().parameters()) {
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
    assertFalse(Arrays.equals(expected, trainedWeights(limited().seed(1).build())));
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
        new Trainer(network(0f), diffusion, digits, settings().limits(80, Duration.ZERO).build());
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
        new Trainer(
            network(0f), diffusion, digits, settings().limits(0, Duration.ofMillis(300)).build());
    List<TrainingProgress> steps = new ArrayList<>();
    trainer.run(steps::add);
    assertTrue(steps.getLast().elapsed().toMillis() >= 250, steps.getLast().toString());
    assertTrue(steps.getLast().fraction() > 0.8, steps.getLast().toString());
  }

  @Test
  void aPipelineKeepsItsWeightsWhileTrainingGoesOn() {
    Trainer trainer = new Trainer(network(0f), diffusion, digits, config);
    SampleRequest request = SampleRequest.of(2).steps(2);
    var early = trainer.model();
    byte[] before = early.sample(request).pixels();
    trainer.run(p -> {});
    assertArrayEquals(before, early.sample(request).pixels());
  }

  @Test
  void aLossThatIsNotFiniteStopsTheRunBeforeItHarmsTheWeights() {
    Trainer doomed =
        new Trainer(
            network(0f), diffusion, new NanImages(digits, new AtomicInteger(), true), config);
    TrainingException e = assertThrows(TrainingException.class, () -> doomed.run(q -> {}));
    assertTrue(e.getMessage().contains("at step 1"), e.getMessage());
    for (Parameter q : doomed.model().model().parameters()) {
      for (float v : q.value().toArray()) {
        assertTrue(Float.isFinite(v));
      }
    }
  }

  @Test
  void microbatchesAreAveraged() {
    List<TrainingProgress> whole = new ArrayList<>();
    List<TrainingProgress> parts = new ArrayList<>();
    new Trainer(network(0f), diffusion, digits, limited().build()).run(whole::add);
    new Trainer(network(0f), diffusion, digits, limited().microbatch(4).build()).run(parts::add);
    for (int i = 0; i < whole.size(); i++) {
      assertEquals(whole.get(i).loss(), parts.get(i).loss(), 1e-4 * whole.get(i).loss());
      assertEquals(
          whole.get(i).gradNorm(), parts.get(i).gradNorm(), 1e-3 * whole.get(i).gradNorm());
    }
  }

  @Test
  void annealingIsAsItsNameSays() {
    for (Annealing annealing : Annealing.values()) {
      List<Double> rates = new ArrayList<>();
      TrainingConfig c = limited().learningRate(1e-3, 0, annealing).build();
      new Trainer(network(0f), diffusion, digits, c).run(p -> rates.add(p.learningRate()));
      double half =
          switch (annealing) {
            case CONSTANT -> 1e-3;
            case LINEAR, COSINE -> 0.5e-3;
          };
      assertEquals(1e-3, rates.get(0), 1e-15);
      assertEquals(half, rates.get(2), 1e-15);
      assertEquals(annealing, Annealing.named(annealing.configurationName()));
    }
  }

  @Test
  void validationIsRepeatableAndFallsAsTheNetworkLearns() {
    Trainer trainer =
        new Trainer(network(0.1f), diffusion, digits, settings().limits(80, Duration.ZERO).build());
    Validation validation = trainer.validation(digits.first(100));
    double before = validation.loss(trainer.loop().ema());
    assertEquals(1, before, 0.1, "a network that says nothing misses the noise by its variance");
    assertEquals(before, validation.loss(trainer.loop().ema()));
    trainer.run(p -> {});
    assertTrue(validation.loss(trainer.loop().ema()) < 0.8 * before);
  }

  /** The digits, of which one look after many is not a number. */
  private ImageDataset badOnceAfter(int looks) {
    return new NanImages(digits, new AtomicInteger(looks), false);
  }

  @Test
  void aBadStepIsSkippedIfAskedFor() {
    TrainingConfig c = limited().nonFinite(NonFinitePolicy.SKIP).build();
    Trainer trainer = new Trainer(network(0f), diffusion, badOnceAfter(20), c);
    List<Long> good = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    trainer.run(
        new TrainingListener() {
          @Override
          public void onStep(TrainingProgress p) {
            good.add(p.step());
          }

          @Override
          public void onBadStep(long step, String what) {
            bad.add(step + ": " + what);
          }
        });
    assertEquals(List.of(1L, 3L, 4L), good);
    assertEquals(1, bad.size());
    assertTrue(bad.get(0).startsWith("2: the loss is NaN at step 2 (1 of 16 losses"), bad.get(0));
    assertTrue(bad.get(0).contains("at timestep "), bad.get(0));
    assertTrue(bad.get(0).contains("first bad "), bad.get(0));
    assertEquals(4, trainer.steps());
  }

  @Test
  void aBadStepGoesBackToTheCheckpointIfAskedFor(@TempDir Path folder) throws IOException {
    TrainingConfig c = limited().nonFinite(NonFinitePolicy.ROLL_BACK).build();
    Trainer trainer = new Trainer(network(0f), diffusion, badOnceAfter(2 * 16 + 4), c);
    Path first = folder.resolve("first");
    List<String> bad = new ArrayList<>();
    trainer.run(
        new TrainingListener() {
          @Override
          public void onStep(TrainingProgress p) {
            if (p.step() == 1) {
              save(trainer, first);
            }
            if (p.step() == 2) {
              trainer.stop();
            }
          }
        });
    float[] ahead = weight(trainer);
    trainer.run(
        new TrainingListener() {
          @Override
          public void onStep(TrainingProgress p) {}

          @Override
          public void onBadStep(long step, String what) {
            bad.add(what);
            trainer.stop();
          }
        });
    assertEquals(1, bad.size());
    assertTrue(
        bad.get(0).endsWith("weights go back to those of step 1, batches go on"), bad.get(0));
    assertEquals(3, trainer.steps());
    Trainer other = new Trainer(network(0f), diffusion, digits, limited().build());
    other.run(
        p -> {
          if (p.step() == 1) {
            other.stop();
          }
        });
    assertArrayEquals(weight(other), weight(trainer));
    assertFalse(Arrays.equals(ahead, weight(trainer)));
  }

  private static void save(Trainer trainer, Path file) {
    try {
      trainer.checkpoint(file, Map.of());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] weight(Trainer trainer) {
    return trainer.loop().ema().averages().get("input_blocks.0.0.weight").value().toArray();
  }

  @Test
  void withoutACheckpointThereIsNothingToGoBackTo() {
    TrainingConfig c = limited().nonFinite(NonFinitePolicy.ROLL_BACK).build();
    Trainer trainer = new Trainer(network(0f), diffusion, badOnceAfter(3), c);
    TrainingException e = assertThrows(TrainingException.class, () -> trainer.run(p -> {}));
    assertTrue(e.getMessage().contains("before the first checkpoint"), e.getMessage());
  }

  /** The digits with a pixel that is not a number. */
  private record NanImages(ImageDataset data, AtomicInteger looks, boolean always)
      implements ImageDataset {
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
      boolean batch = dst.length > imageSize(); // or a look at one, to tell data sets apart
      int left = batch ? looks.getAndDecrement() : 1;
      if (left == 0 || (always && left < 0)) {
        dst[offset] = Float.NaN;
      }
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
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> limited().batchSize(0).build());
    assertTrue(e.getMessage().contains("batch size"), e.getMessage());
    refused(limited().learningRate(0, 0, Annealing.CONSTANT), "learning rate");
    refused(limited().learningRate(Double.NaN, 0, Annealing.CONSTANT), "learning rate");
    refused(limited().emaDecays(1), "EMA decay");
    refused(limited().emaDecays(), "EMA decays");
    refused(limited().emaDecays(0.9, 0.9), "EMA decays");
    refused(limited().microbatch(3), "microbatch");
    refused(settings().limits(-1, Duration.ZERO), "step limit");
    refused(settings().limits(0, Duration.ZERO), "annealing");
  }

  private static void refused(TrainingConfigBuilder settings, String named) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, settings::build);
    assertTrue(e.getMessage().contains(named), e.getMessage());
  }
}
