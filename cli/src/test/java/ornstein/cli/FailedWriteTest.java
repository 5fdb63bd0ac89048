package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a training does when the operating system refuses to write more in the middle of a file, as
 * a full disk does; here by a limit of the process on the size of files.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no ulimit")
class FailedWriteTest {
  /** In units of 1,024 bytes: more than the text files need, and less than a checkpoint. */
  private static final List<String> SMALL_FILES =
      List.of("/bin/bash", "-c", "ulimit -f 16 && exec \"$0\" \"$@\"");

  @TempDir Path folder;

  private int run(List<String> starter, String... command)
      throws IOException, InterruptedException {
    Process child =
        ChildJvm.start(
            starter,
            folder.resolve("log"),
            // a file of the JVM's own would meet the limit too
            List.of("-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Dornstein.threads=1"),
            command);
    assertTrue(child.waitFor(2, TimeUnit.MINUTES), () -> ChildJvm.text(folder.resolve("log")));
    return child.exitValue();
  }

  private static String[] training(Path out, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--data=digits",
                "--limit=50",
                "--model-channels=8",
                "--channel-mult=1",
                "--groups=2",
                "--attention=none",
                "--batch=4",
                "--diffusion-steps=4",
                "--sample-every=1h",
                "--save-every=3",
                "--log-every=3",
                "--anneal=constant",
                "--out=" + out));
    args.addAll(List.of(more));
    return args.toArray(String[]::new);
  }

  @Test
  void whatWasSavedBeforeStaysAndTheRunGoesOnFromThere() throws Exception {
    Path out = folder.resolve("run");
    assertEquals(0, run(List.of(), training(out, "--steps=3")), log());
    byte[] model = Files.readAllBytes(out.resolve("model.safetensors"));
    byte[] state = Files.readAllBytes(checkpoint(out, 3));
    assertTrue(model.length > 16 << 10, "the limit must be less than " + model.length);

    assertEquals(1, run(SMALL_FILES, "train", "--resume", "--out=" + out, "--steps=9"), log());
    assertTrue(log().contains("not saved: "), log());
    assertTrue(log().contains("File too large"), log());
    assertArrayEquals(model, Files.readAllBytes(out.resolve("model.safetensors")));
    assertArrayEquals(state, Files.readAllBytes(checkpoint(out, 3)));
    try (Stream<Path> files = Files.walk(out)) {
      assertEquals(List.of(), files.filter(f -> f.toString().endsWith(".tmp")).toList());
    }

    assertEquals(0, run(List.of(), "train", "--resume", "--out=" + out, "--steps=9"), log());
    Path alone = folder.resolve("alone");
    assertEquals(0, run(List.of(), training(alone, "--steps=9")), log());
    assertArrayEquals(
        Files.readAllBytes(alone.resolve("model.safetensors")),
        Files.readAllBytes(out.resolve("model.safetensors")));
  }

  private String log() {
    return ChildJvm.text(folder.resolve("log"));
  }

  private static Path checkpoint(Path run, int step) {
    return run.resolve("checkpoints").resolve(String.format("step-%09d.safetensors", step));
  }
}
