package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.NoisyClassifier;
import ornstein.diffusion.data.DatasetSplit;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.nn.unet.EncoderUNet;
import ornstein.nn.unet.UNetConfig;

class EvalCommandTest {
  private static final String[] NAMES =
      IntStream.range(0, 10).mapToObj(Integer::toString).toArray(String[]::new);

  @TempDir Path folder;
  private String model = "";

  @BeforeEach
  void save() throws IOException {
    model = TinyModel.save(folder, 1, NAMES).toString();
  }

  private Run eval(String... args) {
    List<String> all = new ArrayList<>(List.of("eval"));
    all.addAll(List.of(args));
    if (!all.contains("--no-cache")) {
      all.addAll(List.of("--cache", folder.resolve("cache").toString()));
    }
    all.addAll(List.of("--out", folder.resolve("eval").toString()));
    return Run.of(all.toArray(String[]::new));
  }

  private Run done(String... args) {
    Run run = eval(args);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  /** What eval.csv says: the cells by the name of the figure. */
  private Map<String, List<String>> figures() throws IOException {
    Map<String, List<String>> figures = new TreeMap<>();
    for (String line : Files.readAllLines(folder.resolve("eval/eval.csv"))) {
      List<String> cells = new ArrayList<>();
      // The tests' texts have commas, but no quotes within.
      for (String part : line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
        cells.add(part.replace("\"", ""));
      }
      figures.put(cells.get(0), cells);
    }
    return figures;
  }

  private double figure(String name) throws IOException {
    return Double.parseDouble(figures().get(name).get(1));
  }

  private Path classifier(int channels) throws IOException {
    UNetConfig network =
        UNetConfig.builder()
            .channels(channels, 10)
            .modelChannels(8)
            .groups(4)
            .numResBlocks(1)
            .channelMult(1, 2)
            .numHeads(2)
            .build();
    Path file = folder.resolve("classifier" + channels + ".safetensors");
    NoisyClassifier.ofClean(
            new EncoderUNet(network, 8, 8, Rng.of(1)),
            DiffusionConfig.defaults(8, 8, List.of(NAMES)))
        .save(file);
    return file;
  }

  /** Writes digits as if they had been sampled. */
  private String samples(int from, int to) throws IOException {
    Path file = folder.resolve("samples-" + from + ".npz");
    Images.of(Datasets.digits(), IntStream.range(from, to).toArray()).saveNpz(file);
    return file.toString();
  }

  @Test
  void allIsMeasuredAndWrittenWithWhatItDependsOn() throws IOException {
    Run run =
        done(
            "--model",
            model,
            "--data",
            "digits",
            "--validation",
            "0.2",
            "-n",
            "100",
            "--steps",
            "4",
            "--eta",
            "0.5",
            "--seed",
            "3",
            "--nll-images",
            "3");
    Map<String, List<String>> figures = figures();
    assertEquals(
        List.of(
            "bits_decoder",
            "bits_per_dim",
            "bits_prior",
            "bits_steps",
            "copies",
            "figure",
            "frechet_distance",
            "held_out_copies",
            "held_out_ratio",
            "images_per_second",
            "kernel_distance",
            "nearest_ratio",
            "precision",
            "recall"),
        List.copyOf(figures.keySet()));
    List<String> frechet = figures.get("frechet_distance");
    String digest =
        Datasets.digits().subset(TrainingImagesParts.training(0.2)).fingerprint().substring(0, 12);
    assertEquals("100", frechet.get(3));
    assertEquals(model + ", ddim 4 steps eta 0.5, seed 3", frechet.get(4));
    assertEquals(
        "1,438 images of digits (all without validation 0.2), sha256 " + digest, frechet.get(5));
    assertEquals("pixels", frechet.get(6));
    assertTrue(figures.get("kernel_distance").get(5).startsWith("100 of 1,438 images of digits"));
    assertTrue(figures.get("bits_per_dim").get(5).startsWith("3 of 359 images of digits (all val"));
    assertEquals(
        figure("bits_per_dim"),
        figure("bits_prior") + figure("bits_steps") + figure("bits_decoder"),
        1e-4);
    assertTrue(figure("images_per_second") > 0);
    for (String name : figures.keySet()) {
      assertTrue(
          name.equals("figure") || run.out().contains("\n" + name) || run.out().startsWith(name));
    }
    assertTrue(run.out().contains("left out: inception: the extractor knows no classes"));
    String page = Files.readString(folder.resolve("eval/eval.md"));
    assertTrue(page.contains("| frechet_distance | " + frechet.get(1)), page);
    assertTrue(page.contains("(memorisation.png)"), page);
    // 32 pairs, four in a row.
    int width = ImageIO.read(folder.resolve("eval/memorisation.png").toFile()).getWidth();
    assertEquals(8 * (6 * 8 + 2 * 2), width, 8 * 4);
  }

  /** The parts that --validation makes. */
  private static final class TrainingImagesParts {
    static int[] training(double part) throws IOException {
      ImageDataset digits = Datasets.digits();
      ImageDataset kept = DatasetSplit.ofFraction(digits, part, 0).training();
      int[] places = new int[kept.size()];
      int at = 0;
      for (int i = 0; i < places.length; i++) {
        while (!Arrays.equals(digits.digest(at), kept.digest(i))) {
          at++;
        }
        places[i] = at++;
      }
      return places;
    }
  }

  @Test
  void theTrainingImagesThemselvesAreAtNoDistanceAndCopies() throws IOException {
    done("--samples", samples(0, 200), "--data", "digits", "--limit", "200");
    assertEquals(0, figure("frechet_distance"), 1e-6);
    assertEquals(1, figure("precision"));
    assertEquals(1, figure("recall"));
    assertEquals(200, figure("copies"));
    assertEquals(0, figure("nearest_ratio"));
    done("--samples", samples(1500, 1700), "--data", "digits", "--limit", "1500");
    assertTrue(figure("frechet_distance") > 0.05);
    // Of images that are this small some are near to others by chance.
    assertTrue(figure("copies") < 0.15 * 200, "copies " + figure("copies"));
    assertFalse(figures().containsKey("images_per_second"));
    assertFalse(figures().containsKey("bits_per_dim"));
  }

  @Test
  void aClassifierGivesFeaturesAndTheInceptionScore() throws IOException {
    Path classifier = classifier(1);
    done(
        "--samples",
        samples(0, 100),
        "--data",
        "digits",
        "--extractor",
        classifier.toString(),
        "--metrics",
        "frechet,inception");
    assertEquals(3, figures().size());
    assertTrue(figure("inception_score") >= 1 && figure("inception_score") <= 10);
    assertTrue(figures().get("frechet_distance").get(6).contains(classifier + ", sha256 "));
    assertEquals("16 features", figures().get("frechet_distance").get(7));
    assertFalse(Files.exists(folder.resolve("eval/memorisation.png")));
  }

  @Test
  void aClassifierOfCleanImagesIsTrainedWithoutAModel() throws IOException {
    String out = folder.resolve("trained").toString();
    String[] train = {
      "train-classifier",
      "--data",
      "digits",
      "--batch",
      "8",
      "--model-channels",
      "8",
      "--steps",
      "2",
      "--out",
      out
    };
    assertEquals(0, Run.of(train).code());
    Run more = Run.of("train-classifier", "--resume", "--out", out, "--steps", "3");
    assertEquals(0, more.code(), more.err());
    String file = out + "/model.safetensors";
    done(
        "--samples",
        samples(0, 50),
        "--data",
        "digits",
        "--extractor",
        file,
        "--metrics",
        "inception,frechet");
    assertTrue(figures().get("inception_score").get(6).startsWith("classifier " + file));
    Run guide = Run.of("sample", "--model", model, "--classifier", file);
    assertEquals(2, guide.code());
    assertTrue(guide.err().contains("was trained on clean images and cannot see"), guide.err());
  }

  @Test
  void whatIsAskedForAndImpossibleIsSaidBeforeAnythingIsSampled() {
    for (String metric : List.of("frechet", "inception")) {
      Run run =
          eval("--model", model, "--data", "digits", "-n", "40", "--metrics", "speed," + metric);
      assertEquals(1, run.code(), run.err());
      assertTrue(run.err().contains("--metrics " + metric + ": "), run.err());
      assertFalse(run.err().contains("sampling"), run.err());
      assertEquals("", run.out());
      assertFalse(Files.exists(folder.resolve("eval")));
    }
    Run kernel =
        eval("--model", model, "--data", "digits", "-n", "19", "--metrics", "speed,kernel");
    assertTrue(kernel.err().contains("take at least 20 of both"), kernel.err());
    assertEquals("", kernel.out());
    Run one =
        eval("--model", model, "--data", "digits", "--limit", "1", "--metrics", "memorisation");
    assertTrue(one.err().contains("too few training images; take at least 2"), one.err());
  }

  /** Of two images the first is the one that is measured alone. */
  @Test
  void theErrorOfTheBitsIsThatOfTheSampleVariance() throws IOException {
    String[] args = {"--model", model, "--data", "digits", "--metrics", "nll", "--nll-images", "1"};
    done(args);
    double first = figure("bits_per_dim");
    assertEquals("", figures().get("bits_per_dim").get(2));
    args[args.length - 1] = "2";
    done(args);
    double error = Double.parseDouble(figures().get("bits_per_dim").get(2));
    assertEquals(Math.abs(figure("bits_per_dim") - first), error, 1e-4);
    assertTrue(error > 1e-3, "" + error);
  }

  @Test
  void otherImagesAreHeldOutAndCanBeTheReference() throws IOException {
    done(
        "--samples",
        samples(1000, 1100),
        "--data",
        "digits",
        "--limit",
        "300",
        "--held-out",
        samples(500, 800),
        "--reference",
        "held-out",
        "--metrics",
        "frechet,memorisation");
    assertTrue(
        figures().get("frechet_distance").get(5).startsWith("300 images of " + samples(500, 800)));
    assertTrue(figures().get("copies").get(5).startsWith("300 images of digits (first 300)"));
    assertEquals("100", figures().get("held_out_copies").get(3));
    assertTrue(figure("held_out_ratio") > 0.7 && figure("held_out_ratio") < 1.4);
  }

  @Test
  void keptStatisticsGiveTheSameFiguresAndDamageIsSaid() throws IOException {
    String extractor = classifier(1).toString();
    String[] args = {
      "--samples",
      samples(0, 100),
      "--data",
      "digits",
      "--limit",
      "300",
      "--metrics",
      "frechet,kernel,precision-recall",
      "--extractor",
      extractor
    };
    done(args);
    String first = Files.readString(folder.resolve("eval/eval.csv"));
    try (Stream<Path> kept = Files.list(folder.resolve("cache"))) {
      assertEquals(2, kept.count());
    }
    Run again = done(args);
    assertEquals(first, Files.readString(folder.resolve("eval/eval.csv")));
    assertFalse(again.err().contains("reference"), again.err()); // nothing to compute
    try (Stream<Path> kept = Files.list(folder.resolve("cache"))) {
      for (Path file : kept.toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] = (byte) (bytes[bytes.length / 2] ^ 4);
        Files.write(file, bytes);
      }
    }
    Run damaged = done(args);
    assertTrue(damaged.err().contains("damaged and computed anew"), damaged.err());
    assertEquals(first, Files.readString(folder.resolve("eval/eval.csv")));
    List<String> without = new ArrayList<>(List.of(args));
    without.add("--no-cache");
    done(without.toArray(String[]::new));
    assertEquals(first, Files.readString(folder.resolve("eval/eval.csv")));
  }

  @Test
  void ofPixelsOnlyStatisticsAreKept() throws IOException {
    done("--samples", samples(0, 100), "--data", "digits", "--metrics", "frechet,kernel");
    try (Stream<Path> kept = Files.list(folder.resolve("cache"))) {
      assertEquals(1, kept.count());
    }
  }

  @Test
  void theDefaultCacheIsWhereTheDesktopSays() {
    assertEquals(Path.of("/x/ornstein"), CacheArguments.byDefault("/x", "/home/a"));
    Path home = Path.of("/home/a/.cache/ornstein");
    assertEquals(home, CacheArguments.byDefault(null, "/home/a"));
    assertEquals(home, CacheArguments.byDefault("", "/home/a"));
    assertEquals(home, CacheArguments.byDefault("not/absolute", "/home/a"));
  }

  @Test
  void aModelOfAnotherSizeIsNamed() throws IOException {
    Path grey = folder.resolve("grey.npz");
    Images.of(Shape.of(30, 16, 16, 1), new byte[30 * 256]).saveNpz(grey);
    Run run = eval("--model", model, "--data", grey.toString());
    assertEquals(2, run.code());
    assertTrue(
        run.err().contains("--data has images of 16x16, the model makes 8x8; give --size 8x8"),
        run.err());
    Run samples = eval("--samples", grey.toString(), "--data", "digits");
    assertEquals(2, samples.code());
    assertTrue(
        samples.err().contains("has images of [16, 16, 1], --data of [8, 8, 1]"), samples.err());
    Run channels =
        eval("--samples", samples(0, 30), "--data", "digits", "--extractor", "" + classifier(3));
    assertEquals(2, channels.code());
    assertTrue(channels.err().contains("with 3 channels, not of 8x8 with 1"), channels.err());
  }

  @Test
  void wrongFilesAndTooFewSamplesAreOneLine() throws IOException {
    String few = samples(0, 40);
    Run covariance = eval("--samples", few, "--data", "digits", "--metrics", "frechet");
    assertEquals(1, covariance.code());
    assertTrue(
        covariance.err().contains("too few for the covariance of 64 features; take more than 64"),
        covariance.err());
    Run leftOut = done("--samples", few, "--data", "digits");
    assertTrue(leftOut.out().contains("left out: frechet: 40 samples"), leftOut.out());
    assertFalse(figures().containsKey("frechet_distance"));
    Run model = eval("--samples", few, "--data", "digits", "--extractor", this.model);
    assertEquals(1, model.code());
    assertTrue(model.err().contains("holds a unet where a classifier is needed"), model.err());
    Run inception = eval("--samples", few, "--data", "digits", "--metrics", "inception");
    assertEquals(1, inception.code());
    assertTrue(inception.err().contains("give --extractor the file of a classifier"));
    Run bits = eval("--samples", few, "--data", "digits", "--metrics", "nll");
    assertTrue(bits.err().contains("samples alone have no likelihood; give --model"), bits.err());
    Run many = eval("--samples", few, "--data", "digits", "-n", "41");
    assertTrue(many.err().contains("has 40 images; -n 41 is too many"), many.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --data digits | give either --model or --samples
          --data digits --model m --samples s | give either --model or --samples
          --model MODEL | --data is missing
          --model MODEL --data digits -n 0 | -n must be from 1 to 1048576, got 0
          --model MODEL --data digits --extractor nofile | --extractor nofile is neither pixels nor fashion-classifier nor a file
          --model MODEL --data digits --metrics fid | expected one of
          --model MODEL --data digits --reference held-out | give --validation or --held-out
          --model MODEL --data digits --validation 0.1 --held-out x | give one of them
          --model MODEL --data digits --no-cache --cache c | --cache and --no-cache exclude each other
          --model MODEL --data digits --steps 21 | --steps must be at most 20
          """)
  void wrongUsageIsOneLine(String args, String message) {
    Run run = Run.of(("eval " + args).replace("MODEL", model).split(" "));
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }
}
