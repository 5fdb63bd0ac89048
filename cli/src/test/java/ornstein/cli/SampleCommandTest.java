package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.engine.Shape;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;

class SampleCommandTest {
  @TempDir Path folder;

  private Path model = Path.of("");

  @BeforeEach
  void saveModel() throws IOException {
    model = TinyModel.save(folder, 1, "cat", "dog", "newt");
  }

  private Run sample(String... options) {
    List<String> args = new ArrayList<>(List.of("sample", "--model", model.toString()));
    args.addAll(List.of(options));
    return Run.of(args.toArray(String[]::new));
  }

  private Path samples(String name, String... options) {
    Path out = folder.resolve(name);
    List<String> args = new ArrayList<>(List.of(options));
    args.addAll(List.of("--steps", "4", "--out", out.toString()));
    Run run = sample(args.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("wrote " + out), run.out());
    return out;
  }

  private NpyArray array(Path npz, String name) throws IOException {
    SequencedMap<String, NpyArray> arrays = Npz.read(npz);
    NpyArray array = arrays.get(name);
    assertNotNull(array, () -> name + " is not in " + arrays.keySet());
    return array;
  }

  @Test
  void sameSeedSameBytesInAnyBatchSize() throws IOException {
    byte[] once = Files.readAllBytes(samples("a.npz", "-n", "7", "--seed", "5"));
    assertArrayEquals(once, Files.readAllBytes(samples("b.npz", "-n", "7", "--seed", "5")));
    assertArrayEquals(
        once, Files.readAllBytes(samples("c.npz", "-n", "7", "--seed", "5", "--batch", "3")));
    byte[] other = Files.readAllBytes(samples("d.npz", "-n", "7", "--seed", "6"));
    assertFalse(Arrays.equals(once, other));
  }

  @Test
  void ddpmAndRandomDdimAreReproducibleToo() throws IOException {
    byte[] ancestral = Files.readAllBytes(samples("e.npz", "-n", "3", "--sampler", "ddpm"));
    assertArrayEquals(
        ancestral,
        Files.readAllBytes(samples("f.npz", "-n", "3", "--sampler", "DDPM", "--batch", "1")));
    byte[] random = Files.readAllBytes(samples("g.npz", "-n", "3", "--eta", "1"));
    assertArrayEquals(
        random, Files.readAllBytes(samples("h.npz", "-n", "3", "--eta", "1", "--batch", "2")));
    assertFalse(Arrays.equals(ancestral, random));
  }

  @ParameterizedTest
  @CsvSource({
    "newt, '2,2,2,2'",
    "1, '1,1,1,1'",
    "'dog,cat', '1,1,0,0'",
    "'2, cat,dog', '2,2,0,1'",
  })
  void labelsByNameOrNumberShareTheImages(String label, String expected) throws IOException {
    Path npz = samples("labels.npz", "-n", "4", "--label", label);
    long[] wanted = Stream.of(expected.split(",", -1)).mapToLong(Long::parseLong).toArray();
    assertArrayEquals(wanted, array(npz, "arr_1").longs());
  }

  @Test
  void everyClassEquallyOftenByDefault() throws IOException {
    assertArrayEquals(
        new long[] {0, 0, 1, 1, 2, 2}, array(samples("all.npz", "-n", "6"), "arr_1").longs());
  }

  @Test
  void otherSizesThatTheLevelsDivide() throws IOException {
    Path npz = samples("wide.npz", "-n", "2", "--size", "6x10");
    assertEquals(Shape.of(2, 6, 10, 1), array(npz, "arr_0").shape());
  }

  @Test
  void pictureWithGivenLayout() throws IOException {
    BufferedImage picture =
        ImageIO.read(samples("p.png", "-n", "5", "--columns", "2", "--scale", "3").toFile());
    assertEquals(2 * (8 * 3 + 2) + 2, picture.getWidth());
    assertEquals(3 * (8 * 3 + 2) + 2, picture.getHeight());
  }

  @Test
  void animationHasAFrameForEachStepAndHoldsTheLast() throws IOException {
    Path gif = samples("chain.gif", "-n", "3", "--batch", "2");
    try (ImageInputStream in = ImageIO.createImageInputStream(gif.toFile())) {
      ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
      reader.setInput(in);
      assertEquals(4 + 20, reader.getNumImages(true));
      int[] last = pixels(reader.read(23));
      assertArrayEquals(last, pixels(reader.read(3)));
      assertFalse(Arrays.equals(last, pixels(reader.read(0))));
      reader.dispose();
    }
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  @Test
  void folderHasPictureArraysAndSingleImages() throws IOException {
    Path out = folder.resolve("many/samples");
    Run run = sample("-n", "12", "--steps", "1", "--separate", "--out", out.toString());
    assertEquals(0, run.code(), run.err());
    assertNotNull(ImageIO.read(out.resolve("samples.png").toFile()));
    assertEquals(Shape.of(12, 8, 8, 1), array(out.resolve("samples.npz"), "arr_0").shape());
    assertEquals(8, ImageIO.read(out.resolve("00.png").toFile()).getWidth());
    assertEquals(8, ImageIO.read(out.resolve("11.png").toFile()).getWidth());
    try (Stream<Path> files = Files.list(out)) {
      assertEquals(14, files.count());
    }
  }

  @Test
  void fourChannelsWithoutClasses(@TempDir Path other) throws IOException {
    Path rgba = TinyModel.save(other, 4);
    Path npz = other.resolve("out.npz");
    Run run =
        Run.of("sample", "--model=" + rgba, "-n=2", "--spacing=3,2", "--no-clip", "--out=" + npz);
    assertEquals(0, run.code(), run.err());
    assertEquals(Shape.of(2, 8, 8, 4), array(npz, "arr_0").shape());
    assertFalse(Npz.read(npz).containsKey("arr_1"));
    assertUsage(
        Run.of("sample", "--model=" + rgba, "--label=0", "--out=" + npz),
        "--label 0: the model has no classes; leave --label out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--steps 21      | --steps must be at most 20, the length of the model's chain, got 21",
        "--steps 0       | --steps must be at least 1, got 0",
        "--steps many    | Invalid value for option '--steps': 'many' is not an int",
        "--steps 2 --spacing 3 | --steps and --spacing exclude each other; give one",
        "--spacing 1,x   | '1,x' is no timestep spacing",
        "--spacing 30    | cannot keep 30 timesteps of a section of 20",
        "--spacing ddim8 | no whole stride visits exactly 8 of 20 timesteps",
        "-n 0            | -n must be from 1 to",
        "--batch 0       | --batch must be at least 1, got 0",
        "--columns 0     | --columns must be at least 1, got 0",
        "--scale 0       | --scale must be at least 1, got 0",
        "--eta 1.5       | --eta must be from 0 to 1, got 1.5",
        "--eta NaN       | --eta must be from 0 to 1, got NaN",
        "--sampler ddpm --eta 0 | --eta and --sigma-hat are settings of ddim",
        "--sigma-hat --eta 0.5 | --eta and --sigma-hat exclude each other",
        "--solver newton | unknown solver 'newton'; use one of euler, heun",
        "--solver heun --sampler ddim | --sampler and --solver exclude each other",
        "--grid karras | --grid is a setting of solvers",
        "--solver heun --grid even | --grid even is unknown; use visited",
        "--dynamic-threshold 1.5 | dynamic thresholding needs a ratio in (0, 1]",
        "--dynamic-threshold 0.9 --no-clip | --no-clip and --dynamic-threshold exclude",
        "--guidance 3 | guidance 3.0 needs a model that was also trained without classes",
        "--guidance NaN | --guidance must be finite, got NaN",
        "--spacing quad:900 | quad spacing cannot visit 900 timesteps",
        "--sampler euler | expected one of [DDIM, DDPM, LANGEVIN, PREDICTOR_CORRECTOR] (case-insensitive)",
        "--langevin-steps 3 | --langevin-steps and --langevin-size are settings of langevin",
        "--sampler langevin --langevin-steps 0 | --langevin-steps must be at least 1, got 0",
        "--sampler langevin --langevin-size 2 | --langevin-size must be in (0, 1], got 2.0",
        "--size 9x8      | multiples of 2",
        "--size 8by8     | '8by8' is no image size",
        "--size 0x8      | '0x8' is no image size",
        "--label bird    | the model has no class 'bird'; it has 0 to 2, named cat, dog, newt",
        "--label 3       | the model has no class '3'",
        "--label 0,,1    | the model has no class ''",
        "--label 0,1,2 -n 2 | --label asks for 3 classes, but -n for 2 images",
        "--out a.jpg     | give a name that ends in .png (picture), .npz (arrays) or .gif",
        "--separate      | --separate needs a folder",
        "-n 100000       | a picture of 100,000 images of 8x8 would be over 64 megapixels",
        "-n 1000000 --size 400 --out x | are too many for one array",
      })
  void wrongUsageIsOneLineAndExitCode2(String options, String message) throws IOException {
    List<String> args = new ArrayList<>(List.of(options.split(" +", -1)));
    if (!args.contains("--out")) {
      args.addAll(List.of("--out", folder.resolve("unwritten.png").toString()));
    }
    assertUsage(sample(args.toArray(String[]::new)), message);
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(model), files.toList());
    }
  }

  @Test
  void capitalsOfAClassDoNotMatter() throws IOException {
    byte[] exact = Files.readAllBytes(samples("exact.npz", "-n", "2", "--label", "dog"));
    assertArrayEquals(
        exact, Files.readAllBytes(samples("capital.npz", "-n", "2", "--label", "Dog")));
  }

  private static void assertUsage(Run run, String message) {
    assertEquals(2, run.code(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("ornstein sample: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  @Test
  void missingAndDamagedModelsAreFailures() throws IOException {
    Run missing = Run.of("sample", "--model", folder.resolve("none").toString());
    assertEquals(1, missing.code());
    assertTrue(missing.err().contains("none: no such file or folder; check"), missing.err());

    byte[] bytes = Files.readAllBytes(model);
    Path cut = folder.resolve("cut.safetensors");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 10));
    assertDamaged(cut);
    Path noise = folder.resolve("noise.safetensors");
    Files.writeString(noise, "no model at all, but long enough to have a header length");
    assertDamaged(noise);
    Files.write(cut, new byte[0]);
    assertDamaged(cut);
  }

  private static void assertDamaged(Path file) {
    Path out = file.resolveSibling("unwritten.png");
    Run run = Run.of("sample", "--model=" + file, "--out=" + out);
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().startsWith("ornstein sample: " + file + ": "), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertFalse(Files.exists(out));
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() throws IOException {
    Path file = Files.writeString(folder.resolve("plain"), "a file");
    Run run = sample("-n=1", "--steps=1", "--out=" + file.resolve("x.png"));
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().contains(file + " is a file in the way"), run.err());
    assertUsage(sample("--out=" + file), "--out " + file + " is a file; give a folder");
  }
}
