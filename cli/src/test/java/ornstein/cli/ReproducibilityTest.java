package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo, training and sampling: the same files whatever the machine runs it with. */
class ReproducibilityTest {
  private static final List<String> FILES = List.of("model.safetensors", "samples.npz");

  @TempDir Path folder;

  @Test
  void sameSeedSameBytesAtAnyThreadCountAndVectorWidth() throws Exception {
    Path expected = demo("reference", "-Dornstein.threads=1", "-Dornstein.vector.bits=256");
    assertSameFiles(expected, demo("two-threads", "-Dornstein.threads=2"));
    assertSameFiles(expected, demo("narrow", "-Dornstein.threads=2", "-Dornstein.vector.bits=128"));
    assertSameFiles(expected, demo("scalar", "-Dornstein.threads=3", "-Dornstein.kernels=scalar"));
  }

  private Path demo(String name, String... properties) throws IOException, InterruptedException {
    Path out = folder.resolve(name);
    Path log = folder.resolve(name + ".log");
    Process child =
        ChildJvm.start(log, List.of(properties), "demo", "--steps", "5", "--out", out.toString());
    if (!child.waitFor(3, TimeUnit.MINUTES)) {
      child.destroyForcibly();
      fail("no end after three minutes: " + ChildJvm.text(log));
    }
    assertEquals(0, child.exitValue(), () -> ChildJvm.text(log));
    return out;
  }

  private static void assertSameFiles(Path expected, Path actual) throws IOException {
    for (String file : FILES) {
      assertArrayEquals(
          Files.readAllBytes(expected.resolve(file)),
          Files.readAllBytes(actual.resolve(file)),
          actual.resolve(file).toString());
    }
  }
}
