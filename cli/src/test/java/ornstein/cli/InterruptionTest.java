package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.Pipeline;

/** Ctrl-C, that is SIGINT, to commands in JVMs of their own. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGINT to send")
class InterruptionTest {
  private static final long PATIENCE_SECONDS = 120;

  @TempDir Path folder;

  @Test
  void trainingSavesItsModelAndSaysWhere() throws Exception {
    Path out = folder.resolve("run");
    Path log = folder.resolve("log");
    // Saved after the first step, so that the file tells when training is at work.
    Process child =
        ChildJvm.start(
            log,
            List.of(),
            "train",
            "--data=digits",
            "--model-channels=8",
            "--batch=2",
            "--steps=0",
            "--save-every=1",
            "--out=" + out);
    Path model = out.resolve("model.safetensors");
    awaitFile(model, child, log);
    interrupt(child);
    String text = ChildJvm.text(log);
    assertEquals(130, child.exitValue(), text);
    assertTrue(text.contains("interrupted: finishing the step, then saving"), text);
    assertTrue(text.contains("wrote " + model), text);
    assertTrue(text.contains("wrote " + out.resolve("report.html")), text);
    assertEquals(10, Pipeline.load(model).config().classNames().size());
    assertFalse(Files.exists(out.resolve("samples.png")), "sampled in spite of the interrupt");
    assertNoLeftovers(out);
  }

  @Test
  void samplingEndsWithoutFiles() throws Exception {
    Path model = TinyModel.save(folder, 1);
    Path out = folder.resolve("samples");
    Path log = folder.resolve("log");
    Process child =
        ChildJvm.start(log, List.of(), "sample", "--model=" + model, "-n=1000000", "--out=" + out);
    awaitFile(out, child, log); // the folder is created just before sampling
    Thread.sleep(500);
    interrupt(child);
    String text = ChildJvm.text(log);
    assertEquals(130, child.exitValue(), text);
    assertTrue(text.contains("no samples written"), text);
    assertNoLeftovers(out);
    assertEquals(0, count(out), text);
  }

  private static void awaitFile(Path file, Process child, Path log) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(file)) {
      assertTrue(child.isAlive() && System.nanoTime() < end, () -> ChildJvm.text(log));
      Thread.sleep(50);
    }
  }

  private static void interrupt(Process child) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start();
    assertEquals(0, kill.waitFor());
    boolean ended = child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    child.destroyForcibly();
    assertTrue(ended, "still running after SIGINT");
  }

  private static void assertNoLeftovers(Path out) throws IOException {
    try (var files = Files.list(out)) {
      assertEquals(List.of(), files.filter(file -> file.toString().endsWith(".tmp")).toList());
    }
  }

  private static long count(Path out) throws IOException {
    try (var files = Files.list(out)) {
      return files.count();
    }
  }
}
