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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.VarianceModel;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.Npy;
import ornstein.engine.io.NpyArray;
import ornstein.nn.Parameter;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetStyle;

/** The commands inspect, convert and predict, and models of other projects everywhere else. */
class ForeignModelsTest {
  @TempDir Path folder;

  private Run done(String... args) {
    Run run = Run.of(args);
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  /** A model whose output is not zero. */
  private Path save(UNetStyle style, boolean scaleShift, String schedule) throws IOException {
    UNetConfig config =
        UNetConfig.builder()
            .channels(3)
            .modelChannels(32)
            .numResBlocks(1)
            .channelMult(1, 2)
            .attentionResolutions(2)
            .numHeads(1)
            .useScaleShiftNorm(scaleShift)
            .style(style)
            .build();
    return save(config, schedule);
  }

  private Path save(UNetConfig config, String schedule) throws IOException {
    UNet model = new UNet(config, Rng.of(1));
    Rng rng = Rng.of(2);
    for (Parameter p : model.parameters()) {
      p.set(p.value().detach().add(rng.normal(p.shape()).mul(0.05f)).toArray());
    }
    DiffusionConfig diffusion =
        new DiffusionConfig(
            schedule,
            1000,
            Parameterization.EPSILON,
            VarianceModel.FIXED_LARGE,
            false,
            32,
            32,
            List.of());
    Path file = folder.resolve("own.safetensors");
    Pipeline.of(model, diffusion).save(file);
    return file;
  }

  private byte[] predicted(String model, String... options) throws IOException {
    float[] x = Rng.of(5).normal(Shape.of(2, 3, 8, 8)).toArray();
    Npy.write(Path.of(file("x.npy")), NpyArray.f32(Shape.of(2, 3, 8, 8), x));
    List<String> args =
        new ArrayList<>(
            List.of(
                "predict",
                "--model",
                model,
                "--input",
                file("x.npy"),
                "--t",
                "37",
                "--layout",
                "nchw",
                "--output",
                file("y.npy")));
    args.addAll(List.of(options));
    done(args.toArray(String[]::new));
    return Files.readAllBytes(Path.of(file("y.npy")));
  }

  /**
   * There and back the network computes the same bits, and the weights' file has the same bytes.
   */
  @ParameterizedTest
  @CsvSource({"openai,true", "ddim,false", "diffusers,false"})
  void conversionLosesNothing(String family, boolean scaleShift) throws IOException {
    boolean openAi = family.equals("openai");
    UNetStyle style = openAi ? UNetStyle.IMPROVED_DDPM : UNetStyle.DDPM;
    String own = save(style, scaleShift, openAi ? "linear" : "linear_fixed").toString();
    byte[] expected = predicted(own);
    boolean isFolder = family.equals("diffusers");
    String there = file(isFolder ? "theirs" : "theirs.safetensors");
    done("convert", own, there, "--to", family);
    String[] heads = openAi ? new String[] {"--num_heads", "1"} : new String[0];
    assertArrayEquals(expected, predicted(there, heads));
    String back = file("back.safetensors");
    done(with(heads, "convert", there, back, "--to", "ornstein"));
    assertArrayEquals(expected, predicted(back));
    String again = file(isFolder ? "again" : "again.safetensors");
    done("convert", back, again, "--to", family);
    Path weights = Path.of("unet", "diffusion_pytorch_model.safetensors");
    Path first = isFolder ? Path.of(there).resolve(weights) : Path.of(there);
    Path second = isFolder ? Path.of(again).resolve(weights) : Path.of(again);
    assertEquals(-1, Files.mismatch(first, second));
    Run inspected = done(with(heads, "inspect", there));
    assertTrue(inspected.out().contains("unet.model_channels = 32"), inspected.out());
    done(
        with(heads, "sample", "--model", there, "-n", "2", "--steps", "3", "--out", file("s.png")));
    assertTrue(Files.exists(Path.of(file("s.png"))));
  }

  private static String[] with(String[] more, String... args) {
    String[] all = Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return all;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--num_channels 64 | --num_channels 64 contradicts the file, whose tensors say 32",
        "--class_cond True | --class_cond true contradicts the file, whose tensors say false",
        "--learn_sigma True | --learn_sigma true contradicts the file",
        "--num_heads 5 | num_heads = 5 does not divide the 64 channels",
        "--attention_resolutions 32,16,8 | contradicts the file, which at 32x32 has attention at",
        "--class_cond maybe | 'maybe' is not True or False"
      })
  void optionsThatContradictTheFileAreNamed(String options, String message) throws IOException {
    String own = save(UNetStyle.IMPROVED_DDPM, true, "linear").toString();
    String theirs = file("theirs.safetensors");
    done("convert", own, theirs, "--to", "openai");
    Run run =
        Run.of(
            with(
                (options + " --image_size 32").split(" "),
                "sample",
                "--model",
                theirs,
                "--out",
                file("s.png")));
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(message), run.err());
    assertFalse(Files.exists(Path.of(file("s.png"))));
  }

  @Test
  void ownModelsTakeNoForeignOptions() throws IOException {
    String own = save(UNetStyle.IMPROVED_DDPM, true, "linear").toString();
    Run run = Run.of("sample", "--model", own, "--num_heads", "2");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("has its own configuration; leave --num_heads out"), run.err());
  }

  @Test
  void foldersThatAreNoModelsSayWhatIsMissing() throws IOException {
    Run empty = Run.of("sample", "--model", folder.toString());
    assertEquals(1, empty.code());
    assertTrue(empty.err().contains("it has no unet/config.json"), empty.err());
    String own = save(UNetStyle.DDPM, false, "linear_fixed").toString();
    String there = file("theirs");
    done("convert", own, there, "--to", "diffusers");
    Path config = Path.of(there, "unet", "config.json");
    String json = Files.readString(config);
    Files.writeString(config, json.replace("\"DownBlock2D\"", "\"SkipDownBlock2D\""));
    Run odd = Run.of("sample", "--model", there);
    assertEquals(1, odd.code());
    assertTrue(odd.err().contains("has the block SkipDownBlock2D"), odd.err());
    Files.writeString(config, json.substring(0, json.length() / 2));
    Run cut = Run.of("sample", "--model", there);
    assertEquals(1, cut.code());
    assertTrue(cut.err().contains("config.json: line "), cut.err());
    Files.writeString(config, json);
    Files.delete(Path.of(there, "unet", "diffusion_pytorch_model.safetensors"));
    Run none = Run.of("sample", "--model", there);
    assertTrue(none.err().contains("has no weights beside"), none.err());
  }

  /** Packed queries, keys and values of four heads are put in diffusers' order. */
  @Test
  void headsAreReorderedForDiffusers() throws IOException {
    UNetConfig config =
        UNetConfig.builder()
            .channels(3)
            .modelChannels(32)
            .numResBlocks(1)
            .channelMult(1, 2)
            .attentionResolutions(2)
            .numHeads(4)
            .build();
    Path own = save(config, "cosine");
    float[] expected = Npy.parse(predicted(own.toString()), "own").floats();
    String there = file("theirs");
    done("convert", own.toString(), there, "--to", "diffusers");
    float[] actual = Npy.parse(predicted(there), "theirs").floats();
    assertArrayEquals(expected, actual, 1e-5f);
  }

  /** The folder's own scheduler, whose clipping shows. */
  @Test
  void theFoldersSchedulerSamples() throws IOException {
    String own = save(UNetStyle.DDPM, false, "linear_fixed").toString();
    String there = file("theirs");
    done("convert", own, there, "--to", "diffusers");
    Path config = Path.of(there, "scheduler", "scheduler_config.json");
    String ddpm = Files.readString(config);
    byte[][] made = new byte[2][];
    for (int i = 0; i < 2; i++) {
      String json = ddpm.replace("DDPMScheduler", "DDIMScheduler");
      Files.writeString(
          config,
          i == 0 ? json : json.replace("\"clip_sample\" : true", "\"clip_sample\" : false"));
      String out = file("s" + i + ".npz");
      done("sample", "--model", there, "-n", "1", "--scheduler", "--steps", "4", "--out", out);
      made[i] = Files.readAllBytes(Path.of(out));
    }
    assertFalse(Arrays.equals(made[0], made[1]));
    Files.writeString(config, ddpm.replace("DDPMScheduler", "OddScheduler"));
    Run odd = Run.of("sample", "--model", there, "--scheduler");
    assertTrue(odd.err().contains("OddScheduler"), odd.err());
    Run none = Run.of("sample", "--model", own, "--scheduler");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("--scheduler is for folders of diffusers"), none.err());
    Run both = Run.of("sample", "--model", there, "--scheduler", "--eta", "1");
    assertEquals(2, both.code());
    assertTrue(both.err().contains("has its own timesteps"), both.err());
  }

  /** A family that would read another network back is not written. */
  @ParameterizedTest
  @CsvSource({"openai", "ddim"})
  void networksOfAnotherStyleAreRefused(String family) throws IOException {
    boolean openAi = family.equals("openai");
    String own =
        save(openAi ? UNetStyle.DDPM : UNetStyle.IMPROVED_DDPM, false, "linear").toString();
    Run run = Run.of("convert", own, file("theirs.safetensors"), "--to", family);
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("the family " + family + " has no networks with"), run.err());
    assertFalse(Files.exists(folder.resolve("theirs.safetensors")));
  }

  @Test
  void whatCannotBeConvertedIsRefusedAndNothingWritten() throws IOException {
    String own = save(UNetStyle.IMPROVED_DDPM, true, "sigmoid").toString();
    Run ddim = Run.of("convert", own, file("a.npz"), "--to", "ddim");
    assertEquals(2, ddim.code());
    Run unknown = Run.of("convert", own, file("a.safetensors"), "--to", "keras");
    assertTrue(unknown.err().contains("unknown family 'keras'; use one of"), unknown.err());
    Run schedule = Run.of("convert", own, file("folder"), "--to", "diffusers");
    assertEquals(2, schedule.code());
    assertTrue(schedule.err().contains("noise schedule sigmoid"), schedule.err());
    assertFalse(Files.exists(folder.resolve("folder")));
  }

  @Test
  void halvesWeightsAndNamesClasses() throws IOException {
    String own = TinyModel.save(folder, 1, "0", "1", "2").toString();
    String half = file("half.safetensors");
    done("convert", own, half, "--to", "ornstein", "--half", "--class-names", "cat,dog,newt");
    assertEquals(List.of("cat", "dog", "newt"), Pipeline.load(Path.of(half)).config().classNames());
    assertTrue(Files.size(Path.of(half)) < 0.6 * Files.size(Path.of(own)));
    Run same = Run.of("convert", own, own, "--to", "ornstein", "--half");
    assertEquals(2, same.code());
    assertTrue(same.err().contains("is IN itself"), same.err());
    Run few = Run.of("convert", own, half, "--to", "ornstein", "--class-names", "a");
    assertEquals(2, few.code());
    assertTrue(few.err().contains("has 1 names, the model 3 classes"), few.err());
    Run folderHalf = Run.of("convert", own, file("d"), "--to", "diffusers", "--half");
    assertEquals(2, folderHalf.code());
    assertTrue(folderHalf.err().contains("--half is for single files"), folderHalf.err());
  }

  @Test
  void predictionsNeedImagesAndLabelsThatFit() throws IOException {
    String own = save(UNetStyle.IMPROVED_DDPM, true, "linear").toString();
    Npy.write(Path.of(file("x.npy")), NpyArray.f32(Shape.of(4), new float[4]));
    Run rank =
        Run.of(
            "predict",
            "--model",
            own,
            "--input",
            file("x.npy"),
            "--t",
            "1",
            "--output",
            file("y.npy"));
    assertEquals(2, rank.code());
    assertTrue(rank.err().contains("four axes are needed"), rank.err());
    Tensor x = Tensor.zeros(1, 8, 8, 3);
    Npy.write(Path.of(file("x.npy")), NpyArray.f32(x.shape(), x.toArray()));
    Run label =
        Run.of(
            "predict",
            "--model",
            own,
            "--input",
            file("x.npy"),
            "--t",
            "1",
            "--label",
            "2",
            "--output",
            file("y.npy"));
    assertTrue(label.err().contains("the network has 0 classes"), label.err());
    assertFalse(Files.exists(Path.of(file("y.npy"))));
  }
}
