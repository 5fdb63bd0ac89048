package ornstein.diffusion.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.process.VarianceModel;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import ornstein.nn.unet.UNetConfig;

/** A run that is interrupted and goes on ends with the bits of one that was not. */
class ResumeTest {
  private static final int STEPS = 6;

  @TempDir Path folder;
  private ImageDataset digits;

  @BeforeEach
  void readDigits() throws IOException {
    digits = Datasets.digits();
  }

  private static TrainingConfigBuilder settings() {
    return TrainingConfig.builder()
        .batchSize(8)
        .microbatch(4)
        .learningRate(2e-3, 2, Annealing.COSINE)
        .emaDecays(0.9, 0.05)
        .weightDecay(0.01)
        .objective(new Objective("hybrid", "loss_second_moment", 0.1))
        .limits(STEPS, Duration.ZERO);
  }

  private Trainer trainer(TrainingConfig config) {
    return trainer(config, digits);
  }

  private static Trainer trainer(TrainingConfig config, ImageDataset data) {
    UNetConfig network =
        UNetConfig.builder()
            .channels(1, 2)
            .modelChannels(8)
            .groups(4)
            .numResBlocks(1)
            .channelMult(1, 2)
            .attentionResolutions(2)
            .numHeads(2)
            .numClasses(11)
            .dropout(0.1f)
            .build();
    DiffusionConfig diffusion =
        DiffusionConfig.defaults(8, 8, data.classNames())
            .withSchedule("cosine", 4)
            .withVariance(VarianceModel.LEARNED_RANGE);
    return new Trainer(network, diffusion, data, config);
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private static void runTo(Trainer trainer, long step) {
    trainer.run(
        p -> {
          if (p.step() == step) {
            trainer.stop();
          }
        });
  }

  private static void restore(Trainer trainer, Path file) throws IOException {
    try (TrainingCheckpoint saved = TrainingCheckpoint.open(file)) {
      trainer.restore(saved);
    }
  }

  /** All tensors must be equal, bit for bit; the time that it took may differ. */
  private static void assertSameState(Path expected, Path actual) throws IOException {
    try (SafeTensors a = SafeTensors.open(expected);
        SafeTensors b = SafeTensors.open(actual)) {
      assertEquals(a.names(), b.names());
      assertTrue(a.names().size() > 100);
      for (String name : a.names()) {
        assertArrayEquals(a.floats(name), b.floats(name), name);
      }
      assertEquals(a.metadata().get("training.step"), b.metadata().get("training.step"));
    }
  }

  @Test
  void everyPlaceToBreakOffGivesTheSameBits() throws IOException {
    Trainer whole = trainer(settings().build());
    List<Double> losses = new ArrayList<>();
    whole.run(p -> losses.add(p.loss()));
    whole.checkpoint(file("whole"), Map.of());
    for (int at = 1; at < STEPS; at++) {
      Trainer begun = trainer(settings().build());
      runTo(begun, at);
      begun.checkpoint(file("part"), Map.of("note", "kept"));
      Trainer resumed = trainer(settings().build());
      restore(resumed, file("part"));
      assertEquals(at, resumed.steps());
      List<Double> rest = new ArrayList<>();
      resumed.run(p -> rest.add(p.loss()));
      assertEquals(losses.subList(at, STEPS), rest);
      resumed.checkpoint(file("resumed"), Map.of());
      assertSameState(file("whole"), file("resumed"));
    }
  }

  @Test
  void theModelsOfAllAveragesAreTheSame() throws IOException {
    Trainer whole = trainer(settings().build());
    whole.run(p -> {});
    whole.checkpoint(file("whole"), Map.of());
    Trainer restored = trainer(settings().build());
    restore(restored, file("whole"));
    assertEquals(2, restored.averages().size());
    for (int i = 0; i < 2; i++) {
      whole.save(whole.model(whole.averages().get(i)), file("a"));
      restored.save(restored.model(restored.averages().get(i)), file("b"));
      assertArrayEquals(Files.readAllBytes(file("a")), Files.readAllBytes(file("b")));
    }
    float[] first = whole.averages().get(0).averages().firstEntry().getValue().value().toArray();
    float[] second = whole.averages().get(1).averages().firstEntry().getValue().value().toArray();
    assertFalse(Arrays.equals(first, second));
  }

  @Test
  void timeGoesOnWhereItStopped() throws IOException {
    Trainer begun = trainer(settings().build());
    runTo(begun, 3);
    begun.checkpoint(file("part"), Map.of());
    Trainer resumed = trainer(settings().build());
    Duration before;
    try (TrainingCheckpoint saved = TrainingCheckpoint.open(file("part"))) {
      before = saved.elapsed();
      assertTrue(before.compareTo(Duration.ZERO) > 0);
      resumed.restore(saved);
    }
    resumed.run(
        p -> {
          assertTrue(p.elapsed().compareTo(before) >= 0);
          assertTrue(p.running().compareTo(p.elapsed()) < 0);
        });
  }

  /** Time that went by after the last step, for saving, is over as well. */
  @Test
  void aRunWhoseTimeIsOverDoesNoMoreSteps() throws IOException {
    runTo(trainer(settings().build()), 1); // what is compiled first takes its time here
    Duration limit = Duration.ofSeconds(3);
    TrainingConfig config = settings().limits(0, limit).build();
    Trainer begun = trainer(config);
    begun.run(
        p -> {
          assumeTrue(p.elapsed().compareTo(limit) < 0, "the machine is too slow to tell");
          try {
            Thread.sleep(limit.minus(p.elapsed()).plusMillis(50));
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    assertEquals(1, begun.steps());
    begun.checkpoint(file("over"), Map.of());
    Trainer resumed = trainer(config);
    restore(resumed, file("over"));
    resumed.run(p -> {});
    assertEquals(1, resumed.steps());
  }

  @Test
  void otherSettingsAreRefusedByName() throws IOException {
    Trainer begun = trainer(settings().build());
    runTo(begun, 1);
    begun.checkpoint(file("part"), Map.of());
    refused(trainer(settings().seed(1).build()), "seed 0, not 1");
    refused(trainer(settings().emaDecays(0.9).build()), "ema_decays 0.9,0.05, not 0.9");
    refused(trainer(settings().build(), digits.first(100)), "other data");
    // Limits may change: that is how a run is prolonged.
    restore(trainer(settings().limits(100, Duration.ZERO).build()), file("part"));
  }

  private void refused(Trainer trainer, String named) throws IOException {
    try (TrainingCheckpoint saved = TrainingCheckpoint.open(file("part"))) {
      IllegalArgumentException e =
          assertThrows(IllegalArgumentException.class, () -> trainer.restore(saved));
      assertTrue(e.getMessage().contains(named), e.getMessage());
    }
    assertEquals(0, trainer.steps());
  }

  @Test
  void aDamageToAnyByteIsFound() throws IOException {
    Trainer begun = trainer(settings().build());
    runTo(begun, 1);
    begun.checkpoint(file("part"), Map.of());
    byte[] good = Files.readAllBytes(file("part"));
    for (int at = 8; at < good.length; at += 1 + good.length / 200) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      Files.write(file("bad"), bad);
      assertThrows(FormatException.class, () -> TrainingCheckpoint.open(file("bad")).close());
    }
    Files.write(file("bad"), Arrays.copyOf(good, good.length - 4));
    assertThrows(FormatException.class, () -> TrainingCheckpoint.open(file("bad")).close());
    begun.save(begun.model(), file("model"));
    FormatException e =
        assertThrows(FormatException.class, () -> TrainingCheckpoint.open(file("model")).close());
    assertTrue(e.getMessage().contains("no checkpoint of a training run"), e.getMessage());
  }
}
