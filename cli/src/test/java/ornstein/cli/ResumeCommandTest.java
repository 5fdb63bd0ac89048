package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.Pipeline;
import ornstein.engine.Shape;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;
import ornstein.nn.unet.UNetConfig;

/** What can be done with the folder of a training run, and what is refused. */
class ResumeCommandTest {
  private static final List<String> SETTINGS =
      List.of(
          "--data=digits",
          "--limit=50",
          "--model-channels=8",
          "--groups=4",
          "--heads=2",
          "--batch=4",
          "--diffusion-steps=10",
          "--anneal=constant",
          "--log-every=1");

  @TempDir Path folder;

  private Path out() {
    return folder.resolve("run");
  }

  private Run train(String... more) {
    List<String> args = new ArrayList<>(List.of("train", "--out=" + out()));
    args.addAll(SETTINGS);
    args.addAll(List.of(more));
    return Run.of(args.toArray(String[]::new));
  }

  private Run resume(String... more) {
    List<String> args = new ArrayList<>(List.of("train", "--resume", "--out=" + out()));
    args.addAll(List.of(more));
    return Run.of(args.toArray(String[]::new));
  }

  private static void assertDone(Run run) {
    assertEquals(0, run.code(), run.err());
  }

  private List<String> checkpoints() throws IOException {
    try (Stream<Path> files = Files.list(out().resolve("checkpoints"))) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  /** Everything that a run has written, by name. */
  private Map<String, byte[]> contents() throws IOException {
    Map<String, byte[]> all = new LinkedHashMap<>();
    try (Stream<Path> files = Files.walk(out())) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        all.put(out().relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return all;
  }

  private void assertUnchanged(Map<String, byte[]> before) throws IOException {
    Map<String, byte[]> now = contents();
    assertEquals(before.keySet(), now.keySet());
    before.forEach((name, bytes) -> assertArrayEquals(bytes, now.get(name), name));
  }

  @Test
  void aRunThatIsDoneCanBeProlonged() throws IOException {
    assertDone(train("--steps=3"));
    Run run = resume("--steps=6");
    assertDone(run);
    assertTrue(run.out().contains("going on at step 3"), run.out());
    byte[] prolonged = Files.readAllBytes(out().resolve("model.safetensors"));
    assertEquals(7, Files.readAllLines(out().resolve("metrics.csv")).size());
    Files.move(out(), folder.resolve("first"));
    assertDone(train("--steps=6"));
    assertArrayEquals(prolonged, Files.readAllBytes(out().resolve("model.safetensors")));
    Run again = resume();
    assertDone(again);
    assertTrue(again.out().contains("the run is at its end already, after 6 steps"), again.out());
  }

  /** They will be drawn again, at other steps. */
  @Test
  void draftsOfStepsThatWereLostGo() throws IOException {
    assertDone(train("--steps=3"));
    Path samples = Files.createDirectories(out().resolve("samples"));
    Path kept = Files.createFile(samples.resolve("step-000000002.png"));
    Path lost = Files.createFile(samples.resolve("step-000000009.png"));
    Path other = Files.createFile(samples.resolve("zebra.png"));
    assertDone(resume("--steps=4"));
    assertTrue(Files.exists(kept) && Files.exists(other));
    assertFalse(Files.exists(lost));
  }

  @Test
  void theRunsFolderIsAModelAndItsCheckpointsAreNot() throws IOException {
    assertDone(train("--steps=2", "--no-class-cond"));
    Path byFolder = folder.resolve("a.npz");
    Path byFile = folder.resolve("b.npz");
    String model = out().resolve("model.safetensors").toString();
    assertDone(Run.of("sample", "--model=" + out(), "-n=1", "--steps=2", "--out=" + byFolder));
    assertDone(Run.of("sample", "--model=" + model, "-n=1", "--steps=2", "--out=" + byFile));
    assertArrayEquals(Files.readAllBytes(byFile), Files.readAllBytes(byFolder));
    Path checkpoint = out().resolve("checkpoints").resolve(checkpoints().getLast());
    Run run = Run.of("sample", "--model=" + checkpoint, "-n=1", "--out=" + folder.resolve("c.png"));
    assertEquals(1, run.code(), run.out());
    assertTrue(run.err().contains("from which a training goes on, not a model"), run.err());
  }

  @Test
  void theLastCheckpointsAreKept() throws IOException {
    assertDone(train("--steps=5", "--save-every=1", "--keep=2"));
    assertEquals(
        List.of("step-000000004.safetensors", "step-000000005.safetensors"), checkpoints());
  }

  @Test
  void soIsTheOneOfTheLeastValidationLoss() throws IOException {
    // At a rate this large the loss soon rises: the best is an early one.
    assertDone(
        train(
            "--steps=12",
            "--save-every=1",
            "--keep=1",
            "--validation=20",
            "--validate-every=1",
            "--lr=0.3",
            "--warmup=0",
            "--ema=0.1"));
    List<String> lines = Files.readAllLines(out().resolve("metrics.csv"));
    assertTrue(lines.get(0).endsWith(",seconds,validation_loss"), lines.get(0));
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int step = 1; step < lines.size(); step++) {
      String line = lines.get(step);
      double loss = Double.parseDouble(line.substring(line.lastIndexOf(',') + 1));
      if (loss < least) {
        least = loss;
        best = step;
      }
    }
    assertTrue(best < 12, "the last is the best: nothing is shown");
    assertEquals(
        List.of(String.format("step-%09d.safetensors", best), "step-000000012.safetensors"),
        checkpoints());
  }

  @Test
  void aDamagedCheckpointIsReportedAndTheOneBeforeTaken() throws IOException {
    assertDone(train("--steps=4", "--save-every=2", "--keep=2"));
    byte[] model = Files.readAllBytes(out().resolve("model.safetensors"));
    Path last = out().resolve("checkpoints/step-000000004.safetensors");
    byte[] bytes = Files.readAllBytes(last);
    bytes[bytes.length - 1] ^= 1;
    Files.write(last, bytes);
    Run run = resume();
    assertDone(run);
    assertTrue(run.err().contains("is damaged"), run.err());
    assertTrue(run.out().contains("going on at step 2"), run.out());
    assertArrayEquals(model, Files.readAllBytes(out().resolve("model.safetensors")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--lr=0.1",
        "--batch=8",
        "--seed=1",
        "--limit=49",
        "--model-channels=16",
        "--schedule=linear",
        "--ema=0.5",
        "--data=other"
      })
  void changedSettingsAreRefusedByName(String changed) throws IOException {
    assertDone(train("--steps=2"));
    Map<String, byte[]> before = contents();
    Run run = resume(changed);
    assertEquals(2, run.code(), run.out());
    String option = changed.substring(0, changed.indexOf('='));
    assertTrue(run.err().contains(option + " "), run.err());
    assertTrue(run.err().contains("is not what the run was begun with"), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertUnchanged(before);
  }

  @Test
  void settingsThatAreTheSameMayBeRepeated() {
    assertDone(train("--steps=1"));
    assertDone(resume("--steps=2", "--batch=4", "--data=digits"));
  }

  @Test
  void aFolderThatHoldsARunIsNotTrainedIntoAnew() throws IOException {
    assertDone(train("--steps=1"));
    Map<String, byte[]> before = contents();
    Run run = train("--steps=1");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("holds a run already; give --resume"), run.err());
    assertUnchanged(before);
  }

  @Test
  void changedDataIsRefused() throws IOException {
    Path data = folder.resolve("data.csv");
    Files.writeString(data, "0,1,2,3,1\n4,5,6,7,0\n8,9,10,16,1\n");
    assertDone(csv(data));
    Map<String, byte[]> before = contents();
    Files.writeString(data, "0,1,2,3,1\n4,5,6,8,0\n8,9,10,16,1\n");
    Run run = resume("--steps=2");
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains("was trained on other data"), run.err());
    before.remove("log.txt");
    Map<String, byte[]> now = contents();
    before.forEach((name, bytes) -> assertArrayEquals(bytes, now.get(name), name));
  }

  private Run csv(Path data) {
    return Run.of(
        "train",
        "--data=" + data,
        "--out=" + out(),
        "--model-channels=8",
        "--batch=4",
        "--diffusion-steps=10",
        "--log-every=1",
        "--steps=1");
  }

  @Test
  void aSecondTrainerInTheFolderIsRefused() throws IOException {
    assertDone(train("--steps=1"));
    UsageCheck usage = new UsageCheck(Main.commandLine().getCommandSpec());
    try (RunFolder held = RunFolder.open(OutputFolder.of(usage, out()))) {
      assertTrue(Files.exists(held.file("run.lock")));
      Map<String, byte[]> before = contents();
      Run run = resume("--steps=2");
      assertEquals(1, run.code());
      assertTrue(run.err().contains("is in use: another process trains there"), run.err());
      assertUnchanged(before);
    }
    assertDone(resume("--steps=2"));
  }

  @Test
  void aRecordOfARunThatIsNoneIsRefused() throws IOException {
    assertDone(train("--steps=1"));
    Files.writeString(out().resolve("run.json"), "{\"arguments\": 7}");
    Run run = resume();
    assertEquals(1, run.code());
    assertTrue(run.err().contains("is no record of a run"), run.err());
  }

  @Test
  void aRunFolderCanBeMoved() throws IOException {
    assertDone(train("--steps=2"));
    Path moved = folder.resolve("moved");
    Files.move(out(), moved, StandardCopyOption.ATOMIC_MOVE);
    assertDone(Run.of("train", "--resume", "--steps=3", "--out=" + moved));
    assertFalse(Files.exists(out()));
  }

  @ParameterizedTest
  @CsvSource({"8, '1,2'", "28, '1,2,2'", "32, '1,2,2,2'", "64, '1,2,3,4'"})
  void presetsAreSettingsThatOptionsBesideThemReplace(int side, String levels) throws IOException {
    SequencedMap<String, NpyArray> images = new LinkedHashMap<>();
    Shape shape = Shape.of(2, side, side, 1);
    images.put("arr_0", NpyArray.u8(shape, new byte[shape.size()]));
    Path data = folder.resolve("data.npz");
    Npz.write(data, images);
    assertDone(
        Run.of(
            "train",
            "--data=" + data,
            "--out=" + out(),
            "--preset=" + side + "x" + side,
            "--model-channels=8",
            "--res-blocks=1",
            "--batch=2",
            "--microbatch=1",
            "--diffusion-steps=2",
            "--label-dropout=0",
            "--steps=1"));
    UNetConfig network = Pipeline.load(out().resolve("model.safetensors")).model().config();
    assertEquals(8, network.modelChannels());
    assertEquals(
        levels,
        network.channelMult().stream().map(String::valueOf).collect(Collectors.joining(",")));
    assertTrue(Files.exists(out().resolve("run.json")));
  }
}
