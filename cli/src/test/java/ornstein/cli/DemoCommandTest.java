package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.Pipeline;
import ornstein.engine.Shape;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;

class DemoCommandTest {
  @TempDir Path folder;

  @Test
  void writesSixWholeFilesAndSaysWhatIsNext() throws IOException {
    Path out = folder.resolve("new/demo");
    Run run = Run.of("demo", "--steps=3", "--seed=9", "--out=" + out);
    assertEquals(0, run.code(), run.err());

    assertEquals(
        Set.of(
            "fashion.png",
            "model.safetensors",
            "loss.png",
            "samples.png",
            "samples.npz",
            "denoising.gif"),
        names(out));
    Pipeline model = Pipeline.load(out.resolve("model.safetensors"));
    assertEquals(10, model.config().classNames().size());
    assertNotNull(ImageIO.read(out.resolve("loss.png").toFile()));
    assertNotNull(ImageIO.read(out.resolve("samples.png").toFile()));
    assertNotNull(ImageIO.read(out.resolve("fashion.png").toFile()));
    assertNotNull(ImageIO.read(out.resolve("denoising.gif").toFile()));
    NpyArray images = Npz.read(out.resolve("samples.npz")).get("arr_0");
    NpyArray labels = Npz.read(out.resolve("samples.npz")).get("arr_1");
    assertNotNull(images);
    assertNotNull(labels);
    assertEquals(Shape.of(100, 8, 8, 1), images.shape());
    assertArrayEquals(IntStream.range(0, 100).mapToLong(i -> i / 10).toArray(), labels.longs());

    assertTrue(run.out().contains("trained 3 steps"), run.out());
    assertTrue(run.out().contains("sampled 100 images of 8x8"), run.out());
    for (String name : names(out)) {
      assertTrue(run.out().contains(out.resolve(name).toString()), run.out());
    }
    String next = "next: ./ornstein sample --model " + out.resolve("model.safetensors");
    assertTrue(run.out().contains(next), run.out());
    assertTrue(run.err().contains("training: step 3 of 3, loss "), run.err());
    assertTrue(run.err().contains("sampling: step 25 of 25, "), run.err());
    // three where nothing takes ten seconds
    assertTrue(run.err().lines().count() <= 5, "a short run should not fill a log: " + run.err());
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--steps=0             | --steps must be at least 1, got 0",
        "--seconds=0           | --seconds must be above 0",
        "--seconds=-3          | --seconds must be above 0",
        "--seconds=NaN         | --seconds must be above 0",
        "--seconds=1 --steps=1 | --seconds and --steps exclude each other",
        "--steps=1.5           | Invalid value for option '--steps': '1.5' is not a long",
        "extra                 | Unmatched argument at index 3: 'extra'",
      })
  void wrongUsageIsOneLineAndExitCode2(String options, String message) {
    Path out = folder.resolve("unwritten");
    Run run = Run.of(("demo --out " + out + " " + options).split(" +", -1));
    assertUsage(run, message);
    assertFalse(Files.exists(out));
  }

  @Test
  void outputThatIsAFileIsWrongUsage() throws IOException {
    Path file = Files.writeString(folder.resolve("demo"), "mine");
    assertUsage(
        Run.of("demo", "--steps=1", "--out=" + file),
        "--out " + file + " is a file; give a folder");
    assertEquals("mine", Files.readString(file));
  }

  private static void assertUsage(Run run, String message) {
    assertEquals(2, run.code(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("ornstein demo: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }
}
