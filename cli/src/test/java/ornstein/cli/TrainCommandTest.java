package ornstein.cli;

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
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.process.Parameterization;
import ornstein.engine.Shape;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;
import ornstein.nn.unet.UNetConfig;

class TrainCommandTest {
  private static final List<String> TINY =
      List.of(
          "--model-channels=8",
          "--res-blocks=1",
          "--batch=4",
          "--diffusion-steps=10",
          "--log-every=1",
          "--validate-every=2");

  @TempDir Path folder;

  private Run train(Path data, String... options) {
    List<String> args = new ArrayList<>(List.of("train", "--data=" + data, "--out=" + out()));
    args.addAll(List.of(options));
    for (String option : TINY) {
      String name = option.substring(0, option.indexOf('=') + 1);
      if (args.stream().noneMatch(arg -> arg.startsWith(name))) {
        args.add(option);
      }
    }
    return Run.of(args.toArray(String[]::new));
  }

  private Path out() {
    return folder.resolve("run");
  }

  /** Trains two steps and returns the model, checked together with what lies beside it. */
  private Pipeline trained(Path data, String... options) throws IOException {
    deleteRun();
    List<String> args = new ArrayList<>(List.of(options));
    args.add("--steps=2");
    Run run = train(data, args.toArray(String[]::new));
    assertEquals(0, run.code(), run.err());
    assertNotNull(ImageIO.read(out().resolve("loss.png").toFile()));
    assertNotNull(ImageIO.read(out().resolve("samples.png").toFile()));
    List<String> log = Files.readAllLines(out().resolve("metrics.csv"));
    assertTrue(log.get(0).startsWith("step,loss,loss_q0,loss_q1,loss_q2,loss_q3,"), log.get(0));
    assertEquals(3, log.size());
    assertTrue(log.get(2).startsWith("2,"), log.get(2));
    return Pipeline.load(out().resolve("model.safetensors"));
  }

  /** A folder that holds a run is not trained into again. */
  private void deleteRun() throws IOException {
    if (Files.exists(out())) {
      try (Stream<Path> files = Files.walk(out())) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  @Test
  void aSizeThatSoonIsOddMakesASmallNetworkAndIsSaid() throws IOException {
    Run odd = train(npz(Shape.of(4, 17, 17)), "--steps=1");
    assertEquals(0, odd.code(), odd.err());
    assertTrue(odd.err().contains("levels 1. --size 16x16 makes better use of it"), odd.err());
    deleteRun();
    Run even = train(npz(Shape.of(4, 16, 16)), "--steps=1");
    assertEquals(0, even.code(), even.err());
    assertFalse(even.err().contains("note:"), even.err());
  }

  private static byte[] pixels(int count) {
    byte[] pixels = new byte[count];
    for (int i = 0; i < count; i++) {
      pixels[i] = (byte) (i * 37 + i / 7);
    }
    return pixels;
  }

  private Path npz(Shape shape, long... labels) throws IOException {
    SequencedMap<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("arr_0", NpyArray.u8(shape, pixels(shape.size())));
    if (labels.length > 0) {
      arrays.put("arr_1", NpyArray.i64(Shape.of(labels.length), labels));
    }
    Path file = folder.resolve("data.npz");
    Npz.write(file, arrays);
    return file;
  }

  @Test
  void idxFilesWithLabels() throws IOException {
    byte[] header = {0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 4, 0, 0, 0, 6};
    Path images = folder.resolve("train-images-idx3-ubyte");
    Files.write(images, concat(header, pixels(6 * 4 * 6)));
    Files.write(
        folder.resolve("train-labels-idx1-ubyte"),
        new byte[] {0, 0, 8, 1, 0, 0, 0, 6, 0, 1, 2, 0, 1, 2});
    Pipeline model = trained(images);
    assertEquals(4, model.config().height());
    assertEquals(6, model.config().width());
    assertEquals(3, model.model().config().numClasses());
    assertEquals(0, trained(images, "--no-class-cond").model().config().numClasses());
    assertEquals(0, trained(images, "--no-labels").model().config().numClasses());
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = new byte[a.length + b.length];
    System.arraycopy(a, 0, both, 0, a.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Test
  void cifarBinary() throws IOException {
    Path file = folder.resolve("data_batch_1.bin");
    byte[] records = pixels(2 * 3073);
    records[0] = 3;
    records[3073] = 9;
    Files.write(file, records);
    Pipeline model = trained(file, "--size=8x8");
    assertEquals(3, model.model().config().inChannels());
    assertEquals(10, model.config().classNames().size());
  }

  @Test
  void csvWithLabels() throws IOException {
    Path file = folder.resolve("data.csv");
    Files.writeString(file, "0,1,2,3,1\n4,5,6,7,0\n8,9,10,16,1\n");
    Pipeline model = trained(file);
    assertEquals(2, model.config().height());
    assertEquals(2, model.model().config().numClasses());
  }

  @Test
  void folderOfPngFilesInClasses() throws IOException {
    for (String name : List.of("cat", "dog")) {
      Path sub = Files.createDirectory(folder.resolve(name));
      BufferedImage image = new BufferedImage(5, 7, BufferedImage.TYPE_INT_RGB);
      image.setRGB(2, 2, 0xff8000);
      ImageIO.write(image, "png", sub.resolve("a.png").toFile());
    }
    Pipeline model = trained(folder);
    assertEquals(7, model.config().height());
    assertEquals(5, model.config().width());
    assertEquals(3, model.model().config().inChannels());
    assertEquals(List.of("cat", "dog"), model.config().classNames());
    assertEquals(List.of(1), model.model().config().channelMult(), "odd sizes cannot be halved");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void anyChannelCount(int channels) throws IOException {
    UNetConfig network = trained(npz(Shape.of(3, 4, 6, channels))).model().config();
    assertEquals(channels, network.inChannels());
    assertEquals(0, network.numClasses());
  }

  @Test
  void networkAndDiffusionAsAsked() throws IOException {
    Pipeline model =
        trained(
            npz(Shape.of(3, 12, 16, 1), 0, 1, 1),
            "--channel-mult=1,2,3",
            "--attention=6,3",
            "--heads=2",
            "--groups=4",
            "--dropout=0.25",
            "--no-scale-shift",
            "--schedule=linear",
            "--diffusion-steps=50",
            "--predict=v",
            "--anneal=constant",
            "--ema=0.5");
    UNetConfig network = model.model().config();
    assertEquals(List.of(1, 2, 3), network.channelMult());
    assertEquals(List.of(2, 4), network.attentionResolutions());
    assertEquals(2, network.numHeads());
    assertEquals(4, network.groups());
    assertEquals(0.25f, network.dropout());
    assertFalse(network.useScaleShiftNorm());
    assertEquals("linear", model.config().schedule());
    assertEquals(50, model.config().steps());
    assertEquals(Parameterization.V, model.config().parameterization());
  }

  @Test
  void defaultsFollowTheSize() throws IOException {
    UNetConfig network = trained(npz(Shape.of(2, 24, 32, 1))).model().config();
    assertEquals(List.of(1, 2, 2), network.channelMult());
    assertEquals(List.of(2, 4), network.attentionResolutions());
    assertEquals(8, network.groups(), "the most that divides the channels and 32");
  }

  @Test
  void sameSeedSameModel() throws IOException {
    Path data = npz(Shape.of(5, 4, 4, 1), 0, 1, 0, 1, 1);
    byte[] first = bytesOf(data, "--seed=3");
    assertTrue(Arrays.equals(first, bytesOf(data, "--seed=3")));
    assertFalse(Arrays.equals(first, bytesOf(data, "--seed=4")));
  }

  private byte[] bytesOf(Path data, String seed) throws IOException {
    trained(data, seed, "--dropout=0.5");
    return Files.readAllBytes(out().resolve("model.safetensors"));
  }

  @Test
  void timeLimitEndsTheRun() throws IOException {
    Run run = train(npz(Shape.of(2, 2, 2, 1)), "--seconds=0.2");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("until 0:00:00 h"), run.out());
    assertTrue(run.out().contains("trained "), run.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--channel-mult=1,2,2,2 | multiples of 8, not 12x12; give a shorter --channel-mult, or"
            + " --size 16x16",
        "--channel-mult=1,x     | Invalid value for option '--channel-mult'",
        "--channel-mult=0       | --channel-mult must be from 1",
        "--attention=16         | no level has a shorter side of '16' pixels; the levels have 12, 6",
        "--heads=3              | --heads = 3 does not divide the 16 channels of level 1",
        "--groups=3             | --groups = 3 does not divide the 8 channels of level 0",
        "--model-channels=1     | --model-channels must be from 2",
        "--res-blocks=0         | --res-blocks must be from 1",
        "--dropout=1            | --dropout must be in [0, 1), got 1.0",
        "--class-cond           | --class-cond needs labels, and these images have none",
        "--schedule=square      | unknown noise schedule 'square'; use one of linear, linear_fixed",
        "--schedule=cosine+x    | unknown change 'x' of the noise schedule 'cosine+x'",
        "--schedule=cosine+zero_snr | the schedule ends in pure noise",
        "--variance=large       | unknown variance model 'large'; use fixed_small",
        "--loss=mse             | unknown loss 'mse'; use simple",
        "--schedule-sampler=x   | unknown timestep sampler 'x'; use uniform",
        "--label-dropout=1      | label dropout must lie in [0, 1), got 1.0",
        "--diffusion-steps=0    | a cosine schedule needs at least 1 step, got 0",
        "--predict=y            | unknown parameterization 'y'; use epsilon",
        "--batch=0              | batch size must be at least 1, got 0",
        "--lr=0                 | learning rate must be in (0, 1), got 0.0",
        "--lr=fast              | Invalid value for option '--lr': 'fast' is not a double",
        "--warmup=-1            | warm-up steps must be at least 0, got -1",
        "--ema=1                | EMA decay must be in [0, 1), got 1.0",
        "--weight-decay=-1      | weight decay must be in [0, 1), got -1.0",
        "--clip-norm=0          | gradient norm bound must be above 0, got 0.0",
        "--steps=-1             | --steps must be at least 0, got -1",
        "--steps=0 --anneal=cosine | --anneal cosine needs an end to reach 0 at",
        "--anneal=fast          | unknown annealing 'fast'; use constant, linear or cosine",
        "--microbatch=3         | microbatch must be a divisor of the batch size 4, got 3",
        "--ema=0.9,0.9          | EMA decays must be different, got [0.9, 0.9]",
        "--non-finite=hope      | expected one of [STOP, SKIP, ROLL_BACK]",
        "--keep=0               | --keep must be at least 1, got 0",
        "--log-every=0          | --log-every must be at least 1, got 0",
        "--validate-every=3 --log-every=2 | --validate-every must be a multiple of --log-every 2",
        "--preset=30x30         | --preset '30x30' is unknown; use one of 8x8, 28x28, 32x32",
        "--resume               | holds no run (run.json is missing)",
        "--seconds=1 --hours=1  | --seconds, --minutes and --hours exclude each other",
        "--minutes=0            | --minutes must be above 0",
        "--save-every=0s        | '0s' is neither a number of steps (500) nor a time (90s, 10m, 2h)",
        "--channels=0           | --channels must be at least 1, got 0",
        "--limit=0              | --limit must be at least 1, got 0",
        "--max-value=256        | maximum value 256 is not in 1 to 255",
        "--channels=5           | 5 channels are not supported; give 1 (grey) to 4 (RGBA)",
        "--size=9999x9999       | is over 64 megapixels",
        "--no-labels --labels=auto | --no-labels and --labels contradict each other",
        "--lr=0.1 --batch=2 --lr=0.2 | option '--lr' (RATE) should be specified only once",
        "--labels=here          | expected one of [AUTO, FIRST_COLUMN, LAST_COLUMN, PREFIX, NONE]",
      })
  void wrongUsageIsOneLineAndExitCode2(String options, String message) throws IOException {
    assertUsage(train(npz(Shape.of(2, 12, 12, 1)), options.split(" +", -1)), message);
    assertFalse(Files.exists(out()), "something was written");
  }

  @Test
  void sizesThatCannotBeHalvedEnoughAreRefused() throws IOException {
    assertUsage(
        train(npz(Shape.of(1, 99, 101, 1))),
        "images of 99x101 halve only to 99x101, too large for the attention there; give --size"
            + " 96x104 to crop and resize them, or --channel-mult");
  }

  @Test
  void dataIsRequiredAndDigitsStayAsTheyAre() {
    assertUsage(Run.of("train"), "--data is missing; give a file or folder of images, or digits");
    assertUsage(
        Run.of("train", "--data=digits", "--channels=1"), "do not apply to the built-in digits");
    assertUsage(
        Run.of("train", "--data=digits", "--no-labels"), "--no-class-cond trains without them");
  }

  private static void assertUsage(Run run, String message) {
    assertEquals(2, run.code(), run.err());
    assertEquals("", run.out());
    assertTrue(run.err().startsWith("ornstein train: "), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
  }

  @Test
  void missingAndDamagedDataAreFailures() throws IOException {
    Path none = folder.resolve("none");
    assertFailure(train(none), none + ": no such file or folder");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertFailure(train(empty), empty + ": holds no PNG or JPEG files");
    Path cut = folder.resolve("cut.npz");
    Files.write(cut, new byte[] {'P', 'K', 3, 4, 0, 0});
    assertFailure(train(cut), cut + ": is no npz archive or is damaged");
    Path idx = folder.resolve("short-idx3-ubyte");
    Files.write(idx, new byte[] {0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 4, 0, 0, 0, 6, 1});
    assertFailure(train(idx), idx + ": ");
  }

  private void assertFailure(Run run, String message) {
    assertEquals(1, run.code(), run.err());
    assertTrue(run.err().startsWith("ornstein train: " + message), run.err());
    assertEquals(1, run.err().lines().count(), run.err());
    assertFalse(Files.exists(out()), "something was written");
  }
}
