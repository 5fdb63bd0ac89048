package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.guidance.ClassifierFreeGuidance;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import picocli.CommandLine;

/** Samplers side by side. */
class CompareCommandTest {
  private static final int SCALE = 3;
  private static final int CELL = 8 * SCALE + PictureGrid.PADDING;

  /** Of a line of text. */
  private static final int LINE = 8 + 2 * 2;

  @TempDir static Path shared;
  private static Path trained;

  @TempDir Path folder;

  private Path out() {
    return folder.resolve("made/here.png");
  }

  private Run compare(Path model, String samplers, String... more) {
    List<String> args = new ArrayList<>(List.of("compare", "--model=" + model));
    args.add("--samplers=" + samplers);
    args.addAll(List.of(more));
    for (String given : List.of("--out=" + out(), "-n=3", "--scale=" + SCALE)) {
      if (!args.contains(given.substring(0, given.indexOf('=')))) {
        args.add(given);
      }
    }
    return Run.of(args.toArray(String[]::new));
  }

  /** An untrained model sees no noise anywhere: all samplers agree on it. */
  @BeforeAll
  static void train() {
    Path run = shared.resolve("run");
    Run done =
        Run.of(
            "train",
            "--data=digits",
            "--limit=50",
            "--model-channels=8",
            "--groups=4",
            "--heads=2",
            "--batch=4",
            "--diffusion-steps=20",
            "--anneal=constant",
            "--warmup=0",
            "--lr=0.01",
            "--ema=0",
            "--steps=5",
            "--out=" + run);
    assertEquals(0, done.code(), done.err());
    trained = run.resolve("model.safetensors");
  }

  private List<String> table() throws IOException {
    return Files.readAllLines(folder.resolve("made/here.csv"));
  }

  private static int[] samples(Raster raster, int left, int top, int width, int height) {
    return raster.getPixels(left, top, width, height, (int[]) null);
  }

  @Test
  void rowsAreWhatSampleGivesUnderALineOfWhatTheyTook() throws IOException {
    Run run = compare(trained, "ddim:5,ddpm:10,heun:4,ddim:20", "--seed=3");
    assertEquals(0, run.code(), run.err());
    BufferedImage picture = ImageIO.read(out().toFile());
    int rowHeight = LINE + CELL + PictureGrid.PADDING;
    assertEquals(LINE + 4 * rowHeight, picture.getHeight());
    String[][] alone = {
      {"--steps=5"},
      {"--sampler=ddpm", "--steps=10"},
      {"--solver=heun", "--steps=4"},
      {"--steps=20"}
    };
    for (int row = 0; row < alone.length; row++) {
      Path one = folder.resolve("one.png");
      List<String> args = new ArrayList<>(List.of("sample", "--model=" + trained, "--out=" + one));
      args.addAll(List.of("-n=3", "--seed=3", "--columns=3", "--scale=" + SCALE));
      args.addAll(List.of(alone[row]));
      assertEquals(0, Run.of(args.toArray(String[]::new)).code());
      Raster expected = ImageIO.read(one.toFile()).getRaster();
      int top = LINE + row * rowHeight + LINE;
      assertArrayEquals(
          samples(expected, 0, 0, expected.getWidth(), expected.getHeight()),
          samples(picture.getRaster(), 0, top, expected.getWidth(), expected.getHeight()),
          "row " + row);
      int[] line = samples(picture.getRaster(), 0, top - LINE, picture.getWidth(), LINE);
      assertTrue(Arrays.stream(line).anyMatch(v -> v == 0), "no text over row " + row);
    }
  }

  @Test
  void theTableHasEvaluationsAndDistancesOfTheDeterministicOnes() throws IOException {
    Run run =
        compare(
            trained,
            "ddim:5,ddim:5:1,ddpm:10,heun:4,rk4:3:uniform,dpm++2m:6,plms:6,sde-dpm++2m:4,rk45:2,ddim:20");
    assertEquals(0, run.code(), run.err());
    List<String> lines = table();
    assertEquals("sampler,steps,evaluations,seconds,rms_distance", lines.getFirst());
    String[] begin = {
      "ddim,5,5,",
      "ddim 1,5,5,",
      "ddpm,10,10,",
      "heun,4,",
      "rk4 uniform,3,",
      "dpm++2m,6,6,",
      "plms,6,",
      "sde-dpm++2m,4,4,",
      "rk45,2,",
      "ddim,20,20,"
    };
    boolean[] deterministic = {true, false, false, true, true, true, true, false, true, true};
    for (int i = 0; i < begin.length; i++) {
      String[] cells = lines.get(i + 1).split(",", -1);
      assertTrue(lines.get(i + 1).startsWith(begin[i]), lines.get(i + 1));
      assertEquals(5, cells.length);
      assertTrue(Double.parseDouble(cells[3]) >= 0);
      assertEquals(deterministic[i], !cells[4].isEmpty(), lines.get(i + 1));
    }
    // Heun evaluates twice in each step but the last, which ends at no noise.
    assertEquals("7", lines.get(4).split(",", -1)[2]);
    assertTrue(Integer.parseInt(lines.get(9).split(",", -1)[2]) > 7, lines.get(9));
    assertEquals("0.00", lines.getLast().split(",", -1)[4]);
    double coarse = Double.parseDouble(lines.get(1).split(",", -1)[4]);
    assertTrue(coarse > 0, "five steps give the same as twenty");
    assertTrue(run.out().contains("| ddim | 20 | 20 | "), run.out());
    assertTrue(run.out().contains(" | the reference |"), run.out());
    assertTrue(run.out().contains(" | stochastic |"), run.out());
  }

  @Test
  void guidanceIsCountedByWhatTheNetworkSees() throws IOException {
    Path run = folder.resolve("guided");
    Run done =
        Run.of(
            "train",
            "--data=digits",
            "--limit=50",
            "--model-channels=8",
            "--groups=4",
            "--heads=2",
            "--batch=4",
            "--label-dropout=0.1",
            "--diffusion-steps=20",
            "--lr=0.01",
            "--ema=0",
            "--steps=5",
            "--out=" + run);
    assertEquals(0, done.code(), done.err());
    Path model = run.resolve("model.safetensors");
    Run guided =
        compare(model, "ddim:5,heun:4,ddpm:10,rk45:2", "--guidance=2", "--label=3", "--seed=5");
    assertEquals(0, guided.code(), guided.err());
    List<Long> seen =
        table().stream().skip(1).map(l -> Long.parseLong(l.split(",", -1)[2])).toList();
    // With and without the label at each of the 5, 2 * 4 - 1 and 10 evaluations.
    assertEquals(List.of(10L, 14L, 20L), seen.subList(0, 3));
    assertEquals(guidedEvaluations(model), seen.get(3));
  }

  /** Of rk45:2 with the label 3 under guidance of 2, counted apart from the command. */
  private static long guidedEvaluations(Path file) throws IOException {
    try (Pipeline model = Pipeline.load(file)) {
      int nullLabel = model.config().nullLabel(model.model().config());
      SamplerArguments arguments = new SamplerArguments();
      arguments.solver = "rk45";
      arguments.steps = 2;
      UsageCheck usage = new UsageCheck(CommandLine.Model.CommandSpec.create());
      SampleRequest request =
          SampleRequest.of(3)
              .sampler(arguments.sampler(usage), arguments.timesteps(usage, 20))
              .thresholding(arguments.thresholding(usage));
      long[] seen = new long[1];
      Denoiser guided =
          (x, time, labels) -> {
            seen[0] += 2;
            return ClassifierFreeGuidance.ofScale(model.model()::forward, 2, nullLabel)
                .predict(x, time, labels);
          };
      NoiseSource noise = NoiseSource.of(5);
      request
          .sampler()
          .sample(
              model.process(request).with(guided),
              noise.draw(0, Shape.of(3, 8, 8, 1)),
              Tensor.full(Shape.of(3), 3),
              noise,
              step -> true);
      return seen[0];
    }
  }

  /** As Ctrl-C does, once everything was sampled and evaluations of adaptive steps are counted. */
  @Test
  void countingCanBeStopped() throws IOException {
    try (Pipeline model = Pipeline.load(TinyModel.save(folder, 1))) {
      UsageCheck usage = new UsageCheck(CommandLine.Model.CommandSpec.create());
      SamplerComparison comparison = new SamplerComparison(model, SampleRequest.of(1));
      comparison.add(usage, SamplerChoice.parse(usage, "rk45:2"), false);
      assertThrows(
          CancellationException.class,
          () -> comparison.run((done, total, what) -> !what.endsWith("counting")));
    }
  }

  @Test
  void theReferenceCanBeChosen() throws IOException {
    assertEquals(0, compare(trained, "ddim:20,ddim:5,ddpm:4", "--reference=ddim:20").code());
    assertTrue(table().get(1).endsWith(",0.00"), table().get(1));
    assertFalse(table().get(2).endsWith(",0.00"), table().get(2));
  }

  @Test
  void stochasticSamplersAloneHaveNoReference() throws IOException {
    assertEquals(0, compare(TinyModel.save(folder, 1), "ddpm:4,edm:3").code());
    assertTrue(table().get(1).endsWith(","), table().get(1));
  }

  @Test
  void theSamplersByDefaultSuitAnyChain() throws IOException {
    Path model = TinyModel.save(folder, 1, "a", "b");
    Run run = Run.of("compare", "--model=" + model, "-n=2", "--out=" + out(), "--label=b");
    assertEquals(0, run.code(), run.err());
    assertEquals(10, table().size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "newton:5       | there is no sampler 'newton'; use ddim, ddpm,",
        "ddim:many      | 'many' in 'ddim:many' is no number of steps",
        "ddim:0         | --steps must be at least 1, got 0",
        "ddim:21        | --steps must be at most 20, the length of the model's chain, got 21",
        "ddim:5:2       | --eta must be from 0 to 1, got 2.0",
        "ddim:5:x       | eta in 'ddim:5:x' is no number",
        "ddpm:5:1       | 'ddpm:5:1' has a third part, which only ddim (eta) and solvers (grid) take",
        "heun:5:even    | --grid even is unknown; use visited",
        "ddim:5:0:1     | 'ddim:5:0:1' is no sampler",
        "'ddim:5,'      | '' is no sampler; give a name and how many steps",
        "ddim:5 -n 0    | -n must be from 1 to 64, got 0",
        "ddim:5 --label 1 | the model has no classes; leave --label out",
        "ddim:5 --reference ddim:6 | --reference ddim:6 must be one of --samplers",
        "ddpm:5 --reference ddpm:5 | and a deterministic one",
        "ddim:5 --scale 1000 | a picture of 1 rows of 3 images would be over 64 megapixels",
        "ddim:5 --out a.gif | --out a.gif must end in .png",
      })
  void wrongUsageIsSaidBeforeAnyWork(String arguments, String message) throws IOException {
    Path model = TinyModel.save(folder, 1);
    String[] words = arguments.split(" ", -1);
    Run run = compare(model, words[0], Arrays.copyOfRange(words, 1, words.length));
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(Files.exists(out().getParent()));
  }
}
