package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.io.SafeTensors;

/**
 * A process that trains is killed at random moments, with the signal that no process can catch, and
 * resumed each time: the end has the bits of a run that was left alone.
 */
class KillTest {
  private static final int KILLS = 50;

  /** Steps after the last kill. */
  private static final int REST = 20;

  private static final long PATIENCE_SECONDS = 120;

  @TempDir Path folder;

  private static List<String> run(Path out, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--data=digits",
                "--limit=100",
                "--model-channels=4",
                "--channel-mult=1,2",
                "--groups=2",
                "--attention=none",
                "--heads=1",
                "--batch=4",
                "--microbatch=2",
                "--dropout=0.1",
                "--label-dropout=0.1",
                "--variance=learned_range",
                "--schedule-sampler=loss_second_moment",
                "--diffusion-steps=4",
                "--ema=0.999,0.9",
                "--sample-every=1h",
                "--log-every=5",
                "--anneal=constant", // so that the end, which machines reach in other times, can
                // move
                "--out=" + out));
    args.addAll(List.of(more));
    return args;
  }

  private Process start(String log, List<String> command) throws IOException {
    return ChildJvm.start(
        folder.resolve(log),
        // What is ready first: a process lives for a second.
        List.of("-XX:TieredStopAtLevel=1", "-Dornstein.kernels=scalar", "-Dornstein.threads=1"),
        command.toArray(String[]::new));
  }

  private void finish(String log, Process child) throws InterruptedException {
    boolean ended = child.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    child.destroyForcibly();
    assertTrue(ended, () -> ChildJvm.text(folder.resolve(log)));
    assertEquals(0, child.exitValue(), () -> ChildJvm.text(folder.resolve(log)));
  }

  @Test
  void killedFiftyTimesItEndsWithTheSameBits() throws Exception {
    Path killed = folder.resolve("killed");
    // Saved at every fifth step, so that many kills hit the writing of a file.
    List<String> begin = run(killed, "--save-every=5", "--steps=1000000");
    Random random = new Random(1);
    long startup = 0;
    for (int kills = 0; kills < KILLS; kills++) {
      boolean begun = Files.exists(killed.resolve("run.json"));
      long before = begun ? last(killed) : 0;
      long start = System.nanoTime();
      Process child = start("killed.log", begun ? resume(killed) : begin);
      if (kills % 2 == 0) { // at work, so that the run gets on
        awaitStepBeyond(before, killed, child);
        startup = (System.nanoTime() - start) / 1_000_000;
        Thread.sleep(random.nextInt(400));
      } else { // at any moment, mostly while it starts and reads what there is
        Thread.sleep(random.nextLong(startup + 200));
      }
      assertTrue(child.isAlive(), () -> ChildJvm.text(folder.resolve("killed.log")));
      child.destroyForcibly().waitFor();
    }
    long reached = last(killed);
    assertTrue(reached >= KILLS / 2 * 5, "no more than " + reached + " steps were done");
    String steps = "--steps=" + (reached + REST);
    List<String> end = resume(killed);
    end.add(steps);
    finish("killed.log", start("killed.log", end));
    Path alone = folder.resolve("alone");
    finish("alone.log", start("alone.log", run(alone, steps)));
    assertEquals(reached + REST, last(alone));
    assertSameModel(alone, killed);
    assertSameState(checkpoint(alone, last(alone)), checkpoint(killed, last(killed)));
    assertEquals(
        withoutTime(alone.resolve("metrics.csv")), withoutTime(killed.resolve("metrics.csv")));
    try (Stream<Path> left = Files.walk(killed)) {
      assertEquals(List.of(), left.filter(f -> f.toString().endsWith(".tmp")).toList());
    }
  }

  private static void assertSameModel(Path expected, Path actual) throws IOException {
    for (String name : List.of("model.safetensors", "model-ema-0.9.safetensors", "samples.png")) {
      assertArrayEquals(
          Files.readAllBytes(expected.resolve(name)),
          Files.readAllBytes(actual.resolve(name)),
          name);
    }
  }

  private void awaitStepBeyond(long step, Path run, Process child)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!Files.exists(run.resolve("checkpoints")) || last(run) <= step) {
      assertTrue(
          child.isAlive() && System.nanoTime() < end,
          () -> ChildJvm.text(folder.resolve("killed.log")));
      Thread.sleep(10);
    }
  }

  private static List<String> resume(Path run) {
    return new ArrayList<>(List.of("train", "--resume", "--out=" + run));
  }

  /** The step of the latest checkpoint. */
  private static long last(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".safetensors"))
          .mapToLong(name -> Long.parseLong(name.replaceAll("[^0-9]", "")))
          .max()
          .orElse(0);
    }
  }

  private static Path checkpoint(Path run, long step) {
    return run.resolve("checkpoints").resolve(String.format("step-%09d.safetensors", step));
  }

  private static void assertSameState(Path expected, Path actual) throws IOException {
    try (SafeTensors a = SafeTensors.open(expected);
        SafeTensors b = SafeTensors.open(actual)) {
      assertEquals(a.names(), b.names());
      for (String name : a.names()) {
        assertArrayEquals(a.floats(name), b.floats(name), name);
      }
    }
  }

  private static List<String> withoutTime(Path metrics) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(metrics)) {
      List<String> cells = new ArrayList<>(List.of(line.split(",", -1)));
      cells.remove(8);
      lines.add(String.join(",", cells));
    }
    return lines;
  }
}
