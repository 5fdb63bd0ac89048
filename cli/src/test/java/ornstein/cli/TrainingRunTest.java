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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.train.Trainer;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.diffusion.train.TrainingException;
import ornstein.nn.unet.UNetConfig;
import picocli.CommandLine;

class TrainingRunTest {
  private static final int BATCH = 2;
  private static final int MOST_STEPS = 6;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

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
      reads--;
      for (int k = 0; k < 4; k++) {
        dst[offset + k] = reads < 0 ? Float.NaN : 0.1f * (i + k);
      }
    }
  }

  private TrainingRun run(int goodSteps, SaveInterval interval) {
    UNetConfig network =
        UNetConfig.builder().channels(1).modelChannels(4).groups(2).numHeads(1).build();
    TrainingConfig config =
        TrainingConfig.defaults()
            .withLimits(MOST_STEPS, Duration.ZERO)
            .withRate(BATCH, 1e-3, 0, false);
    Trainer trainer =
        new Trainer(
            network,
            DiffusionConfig.defaults(2, 2, List.of()),
            new Failing(goodSteps * BATCH),
            config);
    CommandLine command =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    OutputFolder target = OutputFolder.of(new UsageCheck(command.getCommandSpec()), folder);
    return new TrainingRun(command, trainer, target, interval, true);
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @Test
  void failedRunKeepsItsLastSaveAndShowsItsCourse() throws IOException {
    TrainingRun run = run(3, new SaveInterval(2, Duration.ZERO));
    TrainingException e = assertThrows(TrainingException.class, run::run);
    assertTrue(OneLineErrors.describe(e).contains("at step 4; lower the learning rate"));
    assertEquals(Set.of("model.safetensors", "loss.png", "log.csv"), files());
    assertEquals(1 + 3, Files.readAllLines(folder.resolve("log.csv")).size());
    assertNotNull(ImageIO.read(folder.resolve("loss.png").toFile()));
    assertEquals(2, Pipeline.load(folder.resolve("model.safetensors")).config().height());
  }

  @Test
  void failureInTheFirstStepLeavesNothing() throws IOException {
    TrainingRun run = run(0, new SaveInterval(1, Duration.ZERO));
    assertThrows(TrainingException.class, run::run);
    assertEquals(Set.of(), files());
  }

  @Test
  void saveThatFailsOnTheWayDoesNotEndTheRun() throws IOException {
    // A folder in the model's place lets each save fail, the last one too.
    Files.createDirectory(folder.resolve("model.safetensors"));
    TrainingRun run = run(MOST_STEPS, new SaveInterval(2, Duration.ZERO));
    IOException e = assertThrows(IOException.class, run::run);
    assertTrue(OneLineErrors.describe(e).contains("model.safetensors: "), e.getMessage());
    List<String> complaints =
        err.toString().lines().filter(s -> s.startsWith("not saved")).toList();
    assertEquals(MOST_STEPS / 2, complaints.size(), err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void finishedRunReturnsTheModelThatItWrote() throws IOException {
    Pipeline model = run(MOST_STEPS, new SaveInterval(0, Duration.ofHours(1))).run();
    assertNotNull(model);
    assertEquals(Set.of("model.safetensors", "loss.png", "log.csv"), files());
    assertTrue(out.toString().startsWith("trained 6 steps in "), out.toString());
    assertTrue(err.toString().contains("training: step 6 of 6, loss "), err.toString());
  }
}
