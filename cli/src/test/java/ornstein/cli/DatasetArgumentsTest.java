package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.Pipeline;

/** Folders of pictures on the command line: where they are kept, bad files, parts and changes. */
class DatasetArgumentsTest {
  private static final int COUNT = 12;

  @TempDir Path folder;

  private void pictures(int count, int side) throws IOException {
    Files.createDirectories(data());
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
      Graphics2D brush = image.createGraphics();
      brush.setColor(new Color(20 * (i % 12), 255 - 20 * (i % 12), 99));
      brush.fillRect(i % side, 0, side / 2, side);
      brush.dispose();
      String name = String.format("%s_%03d.png", i % 3 == 0 ? "cat" : "dog", i);
      ImageIO.write(image, "png", data().resolve(name).toFile());
    }
  }

  private Path data() {
    return folder.resolve("pictures");
  }

  private Path out(String name) {
    return folder.resolve(name);
  }

  private List<String> arguments(String out, String... options) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--data=" + data(),
                "--out=" + out(out),
                "--model-channels=8",
                "--res-blocks=1",
                "--channel-mult=1",
                "--batch=4",
                "--diffusion-steps=10"));
    args.addAll(List.of(options));
    return args;
  }

  private Run train(String out, String... options) {
    return Run.of(arguments(out, options).toArray(String[]::new));
  }

  private byte[] model(String out, String... options) throws IOException {
    Run run = train(out, options);
    assertEquals(0, run.code(), run.err());
    return Files.readAllBytes(out(out).resolve("model.safetensors"));
  }

  @Test
  void streamingGivesTheSameModelAndLeavesNoThread() throws IOException {
    pictures(COUNT, 8);
    String[] options = {"--steps=5", "--flip", "--crop=6x6", "--validation=3", "--log-every=1"};
    List<String> streamed = new ArrayList<>(List.of(options));
    streamed.addAll(List.of("--loading=stream", "--data-memory=1k"));
    byte[] expected = model("memory", options);
    assertArrayEquals(expected, model("stream", streamed.toArray(String[]::new)));
    // Virtual threads are in no other list.
    Path dump = folder.resolve("threads.txt");
    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
        .dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
    assertFalse(Files.readString(dump).contains("ornstein-decode-"));
  }

  @Test
  void moreThanTheHeapHolds() throws Exception {
    pictures(640, 256); // 126 MB decoded
    Path log = folder.resolve("log.txt");
    List<String> heap = List.of("-Xmx96m", "-Dornstein.threads=1");
    String[] train = arguments("small", "--steps=30", "--crop=8x8").toArray(String[]::new);
    Process child = ChildJvm.start(log, heap, train);
    assertTrue(child.waitFor(5, TimeUnit.MINUTES), "still at work");
    assertEquals(0, child.exitValue(), ChildJvm.text(log));
    assertTrue(ChildJvm.text(log).contains("640 images of 8x8"), ChildJvm.text(log));
    String[] held =
        arguments("held", "--steps=30", "--crop=8x8", "--loading=memory").toArray(String[]::new);
    child = ChildJvm.start(log, heap, held);
    assertTrue(child.waitFor(5, TimeUnit.MINUTES), "still at work");
    assertEquals(1, child.exitValue(), ChildJvm.text(log));
    assertTrue(ChildJvm.text(log).contains("the most that is kept in memory"), "refused");
  }

  @ParameterizedTest
  @CsvSource({"memory", "stream"})
  void badFilesAreNamedAndLeftOut(String loading) throws IOException {
    pictures(COUNT, 4);
    Path first = data().resolve("cat_000.png");
    Files.writeString(first, "<html>");
    Path cut = data().resolve("dog_004.png");
    Files.write(cut, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0});
    String where = "--loading=" + loading;
    Run run = train("run", "--steps=1", where);
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("data: 10 images of 4x4"), run.out());
    assertTrue(run.err().contains("left out: " + first + ": is neither PNG nor JPEG"), run.err());
    assertTrue(run.err().contains("left out: " + cut + ": cannot be decoded"), run.err());
    Run few = train("few", "--steps=1", where, "--max-bad-files=1");
    assertEquals(1, few.code());
    assertEquals(3, few.err().lines().count(), few.err());
    String last = few.err().lines().toList().get(2);
    assertEquals(
        "ornstein train: "
            + data()
            + ": holds more files that cannot be read than the 1 that may be left out; mend or remove"
            + " them, or allow more (--max-bad-files)",
        last);
    Run none = train("none", "--steps=1", where, "--max-bad-files=0");
    assertEquals(1, none.code());
    assertTrue(none.err().startsWith("ornstein train: " + first + ": "), none.err());
    assertEquals(1, none.err().lines().count(), none.err());
    assertFalse(Files.exists(out("none")), "something was written");
  }

  @Test
  void classesFromNames() throws IOException {
    pictures(COUNT, 4);
    model("plain", "--steps=1");
    Pipeline plain = Pipeline.load(out("plain").resolve("model.safetensors"));
    assertEquals(0, plain.classes());
    model("named", "--steps=1", "--labels=prefix");
    Pipeline named = Pipeline.load(out("named").resolve("model.safetensors"));
    assertEquals(List.of("cat", "dog"), named.config().classNames());
    assertEquals(2, named.model().config().numClasses());
    Files.move(data().resolve("cat_000.png"), data().resolve("cat.png"));
    Run run = train("wrong", "--steps=1", "--labels=prefix");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("cat.png: has no class before an underscore"), run.err());
  }

  @Test
  void windowsSetTheModelsSizeAndResumeTheSame() throws IOException {
    pictures(COUNT, 9);
    String[] changes = {"--size=8x8", "--crop=4x6", "--flip"};
    byte[] whole =
        model("whole", changes[0], changes[1], changes[2], "--steps=6", "--anneal=constant");
    Pipeline model = Pipeline.load(out("whole").resolve("model.safetensors"));
    assertEquals(4, model.config().height());
    assertEquals(6, model.config().width());
    model("part", changes[0], changes[1], changes[2], "--steps=3", "--anneal=constant");
    Run resumed = Run.of("train", "--resume", "--out=" + out("part"), "--steps=6");
    assertEquals(0, resumed.code(), resumed.err());
    assertArrayEquals(whole, Files.readAllBytes(out("part").resolve("model.safetensors")));
    Run other = Run.of("train", "--resume", "--out=" + out("part"), "--crop=4x4", "--steps=7");
    assertEquals(2, other.code());
    assertTrue(other.err().contains("--crop 4x4 is not what the run was begun with"), other.err());
    Run elsewhere =
        Run.of("train", "--resume", "--out=" + out("part"), "--loading=stream", "--steps=7");
    assertEquals(0, elsewhere.code(), elsewhere.err());
    Files.delete(data().resolve("cat_000.png"));
    Run changed = Run.of("train", "--resume", "--out=" + out("part"), "--steps=8");
    assertEquals(2, changed.code());
    assertTrue(changed.err().contains("data"), changed.err());
  }

  @Test
  void imagesAreHeldBack() throws IOException {
    pictures(COUNT, 4);
    String[] often = {"--log-every=1", "--validate-every=1", "--steps=2"};
    for (String part : List.of("0.25", "3")) {
      Run run = train("run" + part, often[0], often[1], often[2], "--validation=" + part);
      assertEquals(0, run.code(), run.err());
      assertTrue(
          run.out().contains("data: 9 images of 4x4, 3 channels, no labels; 3 to measure with"),
          run.out());
      List<String> metrics = Files.readAllLines(out("run" + part).resolve("metrics.csv"));
      int column = List.of(metrics.get(0).split(",", -1)).indexOf("validation_loss");
      assertTrue(column > 0, metrics.get(0));
      double loss = Double.parseDouble(metrics.get(1).split(",", -1)[column]);
      assertTrue(loss > 0 && loss < 10, metrics.get(1));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--validation=12         | of 12 images 12 cannot be held back",
        "--validation=1.5        | must lie in (0, 1), got 1.5",
        "--validation=some       | --validation some is neither a part of the images (0.1) nor",
        "--validation=1 --validation-data=x | --validation and --validation-data contradict",
        "--crop=5x5              | a crop of 5x5 does not fit into images of 4x4; give a smaller",
        "--crop=x                | 'x' is no image size",
        "--bits=12               | 12 bits are not supported; give 8 or 16",
        "--max-bad-files=-1      | a limit of -1 bad files is not possible; give at least 0",
        "--loading=disk          | expected one of [AUTO, MEMORY, STREAM]",
        "--data-memory=0         | '0' is no amount of memory; give it like 800m or 2g",
        "--data-memory=1t        | '1t' is no amount of memory",
      })
  void wrongUsageIsOneLineAndExitCode2(String options, String message) throws IOException {
    pictures(COUNT, 4);
    Run run = train("run", options.split(" +", -1));
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertFalse(Files.exists(out("run")), "something was written");
  }

  @Test
  void digitsAndOtherFormatsAreInMemory() throws IOException {
    Run digits = Run.of("train", "--data=digits", "--loading=stream");
    assertEquals(2, digits.code());
    assertTrue(digits.err().contains("--loading stream does not apply"), digits.err());
    Path csv = folder.resolve("a.csv");
    Files.writeString(csv, "0,1,2,3\n");
    Run streamed = Run.of("train", "--data=" + csv, "--loading=stream", "--out=" + out("csv"));
    assertEquals(1, streamed.code());
    assertTrue(streamed.err().contains("only such can be streamed"), streamed.err());
    Run deep = Run.of("train", "--data=" + csv, "--bits=16", "--out=" + out("csv"));
    assertEquals(1, deep.code());
    assertTrue(deep.err().contains("only such can have 16 bits"), deep.err());
  }

  @Test
  void sixteenBitsReachTheTraining() throws IOException {
    Files.createDirectories(data());
    for (int i = 0; i < 4; i++) {
      BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_USHORT_GRAY);
      int[] levels = new int[16];
      for (int k = 0; k < 16; k++) {
        levels[k] = 4111 * k + 17 * i;
      }
      image.getRaster().setPixels(0, 0, 4, 4, levels);
      ImageIO.write(image, "png", data().resolve(i + ".png").toFile());
    }
    byte[] eight = model("eight", "--steps=2");
    byte[] sixteen = model("sixteen", "--steps=2", "--bits=16");
    assertFalse(Arrays.equals(eight, sixteen), "the same model");
    Path model = out("sixteen").resolve("model.safetensors");
    Run bits = Run.of("nll", "--model=" + model, "--data=" + data(), "--bits=16");
    assertEquals(2, bits.code());
    assertTrue(bits.err().contains("--bits 16: bits per value are those of 8-bit"), bits.err());
  }
}
