package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.train.Annealing;
import ornstein.diffusion.train.Trainer;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.diffusion.train.TrainingException;
import ornstein.nn.unet.UNetConfig;
import picocli.CommandLine;

class TrainingRunTest {
  private static final int BATCH = 2;
  private static final int MOST_STEPS = 6;
  private static final Set<String> SAVED =
      Set.of(
          "model.safetensors",
          "loss.png",
          "metrics.csv",
          "log.txt",
          "run.lock",
          "checkpoints",
          "tensorboard",
          "report.html");

  @TempDir Path folder;
  private RunFolder kept;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @AfterEach
  void unlock() throws IOException {
    kept.close();
  }

  /** Grey images of 2×2 pixels that turn into NaN after a number of reads. */
  private static final class Failing implements ImageDataset {
    private int reads;

    Failing(int reads) {
      this.reads = reads;
    }

    @Override
    public int size() {
      return 3;
    }

    @Override
    public int height() {
      return 2;
    }

    @Override
    public int width() {
      return 2;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public int classes() {
      return 0;
    }

    @Override
    public List<String> classNames() {
      return List.of();
    }

    @Override
    public int label(int i) {
      return -1;
    }

    @Override
    public void image(int i, float[] dst, int offset) {
      // A look at all images, one at a time, to tell them from others is no training.
      reads -= dst.length == 4 ? 0 : 1;
      for (int k = 0; k < 4; k++) {
        dst[offset + k] = reads < 0 ? Float.NaN : 0.1f * (i + k);
      }
    }
  }

  private TrainingRun<Pipeline> run(int goodSteps, String saveEvery) throws IOException {
    UNetConfig network =
        UNetConfig.builder().channels(1).modelChannels(4).groups(2).numHeads(1).build();
    TrainingConfig config =
        TrainingConfig.builder()
            .limits(MOST_STEPS, Duration.ZERO)
            .batchSize(BATCH)
            .learningRate(1e-3, 0, Annealing.CONSTANT)
            .build();
    Trainer trainer =
        new Trainer(
            network,
            DiffusionConfig.defaults(2, 2, List.of()),
            new Failing(goodSteps * BATCH),
            config);
    CommandLine command =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    OutputFolder target = OutputFolder.of(new UsageCheck(command.getCommandSpec()), folder);
    RunArguments settings = new RunArguments();
    settings.saveEvery = new SaveInterval.Converter().convert(saveEvery);
    settings.logEvery = 1;
    kept = RunFolder.open(target);
    return new TrainingRun<>(command, trainer, target, kept, settings);
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @Test
  void failedRunKeepsItsLastSaveAndShowsItsCourse() throws IOException {
    TrainingRun<Pipeline> run = run(3, "2");
    TrainingException e = assertThrows(TrainingException.class, run::run);
    assertTrue(
        OneLineErrors.describe(e)
            .contains("the loss is NaN at step 4 (2 of 2 losses are not finite, at timesteps "));
    assertEquals(SAVED, files());
    assertEquals(1 + 3, Files.readAllLines(folder.resolve("metrics.csv")).size());
    assertNotNull(ImageIO.read(folder.resolve("loss.png").toFile()));
    assertEquals(2, Pipeline.load(folder.resolve("model.safetensors")).config().height());
  }

  @Test
  void failureInTheFirstStepLeavesNothing() throws IOException {
    TrainingRun<Pipeline> run = run(0, "1");
    assertThrows(TrainingException.class, run::run);
    assertEquals(
        Set.of("metrics.csv", "log.txt", "run.lock", "checkpoints", "tensorboard"), files());
    assertEquals(List.of(), kept.checkpoints());
  }

  @Test
  void saveThatFailsOnTheWayDoesNotEndTheRun() throws IOException {
    // A folder in the model's place lets each save fail, the last one too.
    Files.createDirectory(folder.resolve("model.safetensors"));
    TrainingRun<Pipeline> run = run(MOST_STEPS, "2");
    IOException e = assertThrows(IOException.class, run::run);
    assertTrue(OneLineErrors.describe(e).contains("model.safetensors: "), e.getMessage());
    List<String> complaints =
        err.toString().lines().filter(s -> s.startsWith("not saved")).toList();
    assertEquals(MOST_STEPS / 2, complaints.size(), err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void finishedRunReturnsTheModelThatItWrote() throws IOException {
    Pipeline model = run(MOST_STEPS, "1h").run();
    assertNotNull(model);
    assertEquals(SAVED, files());
    assertTrue(out.toString().startsWith("trained 6 steps in "), out.toString());
    assertTrue(err.toString().contains("training: step 6 of 6, loss "), err.toString());
  }
}
