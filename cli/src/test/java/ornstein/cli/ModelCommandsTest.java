package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.process.VarianceModel;
import ornstein.engine.Shape;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;

/** The commands that need a model: encode, decode, interpolate, inpaint, nll; and toy. */
class ModelCommandsTest {
  @TempDir Path folder;
  private String model = "";

  @BeforeEach
  void save() throws IOException {
    String[] names =
        Stream.iterate(0, i -> i + 1).limit(10).map(i -> "d" + i).toArray(String[]::new);
    model = TinyModel.save(folder, 1, names).toString();
  }

  private Run done(String... args) {
    Run run = Run.of(args);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void codesDecodeToTheImages() throws IOException {
    String images = file("codes.npz");
    done(
        "encode", "--model", model, "--data", "digits", "--limit", "5", "--steps", "20", "--out",
        images);
    NpyArray codes = Npz.read(Path.of(images)).get("codes");
    assertEquals(Shape.of(5, 8, 8, 1), codes.shape());
    assertEquals(Shape.of(5), Npz.read(Path.of(images)).get("labels").shape());
    done("decode", "--model", model, "--codes", images, "--steps", "20", "--out", file("back.npz"));
    NpyArray back = Npz.read(Path.of(file("back.npz"))).get("arr_0");
    done("sample", "--model", model, "-n", "2", "--out", file("any.npz")); // still a model
    byte[] pixels = back.bytes();
    float[] original = ModelArguments.images(Datasets.digits(), 0, 5).toArray();
    for (int i = 0; i < pixels.length; i++) {
      // The untrained network says 0: the flow is a scaling there and back.
      assertEquals((original[i] + 1) * 127.5, pixels[i] & 0xff, 1.5);
    }
  }

  @Test
  void interpolationsBeginAndEndAtTheSamples() throws IOException {
    String out = file("way.png");
    done("interpolate", "--model", model, "-n", "2", "--frames", "3", "--steps", "5", "--out", out);
    assertTrue(ImageIO.read(Path.of(out).toFile()).getWidth() > 3 * 8);
  }

  @Test
  void aGapIsFilled() throws IOException {
    String out = file("filled.png");
    done(
        "inpaint",
        "--model",
        model,
        "--data",
        "digits",
        "--limit",
        "2",
        "--gap",
        "0,4,8,4",
        "-n",
        "1",
        "--steps",
        "10",
        "--jump",
        "2",
        "--resample",
        "2",
        "--out",
        out);
    assertTrue(ImageIO.read(Path.of(out).toFile()).getWidth() > 3 * 8);
  }

  @Test
  void theBoundIsPrintedAndItsTermsWritten() throws IOException {
    String out = file("terms.npz");
    Run run = done("nll", "--model", model, "--data", "digits", "--limit", "3", "--out", out);
    assertTrue(run.out().contains("bits/dim"), run.out());
    assertEquals(Shape.of(20), Npz.read(Path.of(out)).get("vb_terms").shape());
    double decoder = Npz.read(Path.of(out)).get("vb_terms").doubles()[19];
    assertTrue(decoder > 0, "the decoder's term comes last, got " + decoder);
    Run flow =
        done(
            "nll", "--model", model, "--data", "digits", "--limit", "3", "--flow", "--steps", "10");
    assertTrue(flow.out().contains("by the probability flow"), flow.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          encode --data digits --out codes.png | --out codes.png must end in .npz
          encode | --data is missing
          encode --data digits --label d11 | --label: the model has no class 'd11'
          encode --data digits --limit 2 --steps 0 | --steps must be at least 1, got 0
          interpolate --way cubic | unknown interpolation 'cubic'; use rotation, spherical or linear
          interpolate --frames 1 | --frames at least 2
          interpolate --out a.gif | --out a.gif must end in .png
          inpaint --data digits --gap 0,0,9,1 | --data has 1797 images; give --limit 256 or less
          inpaint --data digits --limit 2 --gap 0,0,9,1 | does not lie within images of 8x8
          inpaint --data digits --limit 2 --gap 1,2 | --gap needs four numbers Y,X,H,W
          nll --data digits --flow --out t.npz | --out is for the bound's terms
          nll --data digits --probes 0 | --probes must be at least 1, got 0
          """)
  void wrongUsageIsOneLine(String args, String message) {
    String[] words = (args + " --model " + model).split(" ");
    Run run = Run.of(words);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(run.err().contains("\tat "), run.err());
  }

  @Test
  void codesOfAnotherShapeAreNamed() throws IOException {
    done("sample", "--model", model, "-n", "2", "--out", file("a.npz"));
    Run run = Run.of("decode", "--model", model, "--codes", file("a.npz"));
    assertEquals(1, run.code());
    assertTrue(run.err().contains("needs codes [N, H, W, 1]"), run.err());
  }

  @Test
  void aModelWithLearnedVarianceAndDroppedLabelsIsGuided() throws IOException {
    done(
        "train",
        "--data",
        "digits",
        "--limit",
        "32",
        "--steps",
        "12",
        "--ema",
        "0",
        "--lr",
        "0.02",
        "--warmup",
        "0",
        "--batch",
        "4",
        "--model-channels",
        "8",
        "--variance",
        "learned_range",
        "--label-dropout",
        "0.5",
        "--schedule-sampler",
        "loss_second_moment",
        "--diffusion-steps",
        "20",
        "--out",
        file("run"));
    Path trained = folder.resolve("run/model.safetensors");
    Pipeline pipeline = Pipeline.load(trained);
    assertEquals(VarianceModel.LEARNED_RANGE, pipeline.config().variance());
    assertEquals(2, pipeline.model().config().outChannels());
    assertEquals(11, pipeline.model().config().numClasses());
    assertEquals(10, pipeline.classes());
    byte[][] made = new byte[3][];
    String[] scales = {"1", "3", "3"};
    for (int i = 0; i < 3; i++) {
      String out = file("guided" + i + ".npz");
      done(
          "sample",
          "--model",
          trained.toString(),
          "-n",
          "2",
          "--sampler",
          "ddpm",
          "--label",
          "4",
          "--guidance",
          scales[i],
          "--out",
          out);
      made[i] = Files.readAllBytes(Path.of(out));
    }
    assertArrayEquals(made[1], made[2]);
    assertFalse(Arrays.equals(made[0], made[1]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--solver=euler",
        "--solver=heun",
        "--solver=rk45",
        "--solver=dpm3",
        "--solver=dpm++2s",
        "--solver=unipc2",
        "--solver=pndm",
        "--solver=edm",
        "--solver=sde-dpm++2m",
        "--sampler=langevin",
        "--sampler=predictor_corrector",
        "--sampler=ddpm --rng=torch"
      })
  void everySamplerSamplesAndIsReproducible(String option) throws IOException {
    byte[][] made = new byte[2][];
    for (int i = 0; i < 2; i++) {
      String out = file("s" + i + ".npz");
      List<String> args = new ArrayList<>(List.of("sample", "--model", model, "-n", "3"));
      args.addAll(List.of(option.split(" ")));
      // PyTorch's noise is a sequence: an image depends on its batch.
      int batch = option.contains("torch") ? 3 : 3 - i;
      args.addAll(List.of("--steps", "5", "--batch", Integer.toString(batch), "--out", out));
      done(args.toArray(String[]::new));
      made[i] = Files.readAllBytes(Path.of(out));
    }
    assertArrayEquals(made[0], made[1]);
  }

  @Test
  void aClassifierPullsSamples() throws IOException {
    Path out = folder.resolve("classifier");
    done(
        "train-classifier",
        "--data",
        "digits",
        "--model",
        model,
        "--steps",
        "3",
        "--batch",
        "8",
        "--model-channels",
        "8",
        "--out",
        out.toString());
    String classifier = out.resolve("model.safetensors").toString();
    byte[][] made = new byte[3][];
    String[] scales = {"0", "5000", "5000"}; // the classifier knows next to nothing
    for (int i = 0; i < 3; i++) {
      String samples = file("pulled" + i + ".npz");
      done(
          "sample",
          "--model",
          model,
          "-n",
          "2",
          "--label",
          "d3",
          "--steps",
          "3",
          "--batch",
          Integer.toString(1 + i % 2),
          "--classifier",
          classifier,
          "--classifier-scale",
          scales[i],
          "--out",
          samples);
      made[i] = Files.readAllBytes(Path.of(samples));
    }
    assertFalse(Arrays.equals(made[0], made[1]));
    assertArrayEquals(made[1], made[2]); // whatever the batch
    done(
        "sample",
        "--model",
        model,
        "-n",
        "2",
        "--label",
        "d3",
        "--steps",
        "3",
        "--sampler",
        "ddpm",
        "--classifier",
        classifier,
        "--classifier-form",
        "mean",
        "--out",
        file("mean.npz"));
    Run wrong = Run.of("sample", "--model", classifier);
    assertEquals(1, wrong.code());
    assertTrue(wrong.err().contains("holds a classifier where a unet is needed"), wrong.err());
    Run none = Run.of("sample", "--model", model, "--classifier-scale", "2");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("give --classifier"), none.err());
  }

  @Test
  void theToyDrawsItsPictures() throws IOException {
    Path out = folder.resolve("toy");
    Run run =
        done(
            "toy",
            "--data",
            "moons",
            "--train-steps",
            "20",
            "-n",
            "50",
            "--steps",
            "5",
            "--out",
            out.toString());
    assertTrue(run.out().contains("sampled 50 points"), run.out());
    for (String name : new String[] {"data", "samples", "trajectories", "score"}) {
      assertEquals(480, ImageIO.read(out.resolve(name + ".png").toFile()).getWidth());
    }
    assertTrue(Files.size(out.resolve("sampling.gif")) > 1000);
    Run unknown = Run.of("toy", "--data", "roses", "--out", out.toString());
    assertEquals(2, unknown.code());
    assertTrue(unknown.err().contains("unknown distribution 'roses'; use one of swissroll"));
  }
}
