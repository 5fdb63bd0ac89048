package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.sampler.DdimSampler;
import ornstein.diffusion.sampler.DdpmSampler;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.nn.unet.UNetConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Samples images from a trained model. */
@Command(
    name = "sample",
    description =
        "Samples images from a trained model. The same seed gives the same images, on any number of"
            + " threads and in any batch size.",
    sortOptions = false,
    customSynopsis = {"ornstein sample --model=FILE [OPTION]..."},
    footer = {
      "  ornstein sample --model demo/model.safetensors",
      "  ornstein sample --model demo/model.safetensors --label 3,5 -n 20 --out 35.png",
      "  ornstein sample --model run/model.safetensors -n 10000 --out samples.npz",
      "  ornstein sample --model run/model.safetensors --sampler ddpm --steps 1000 \\",
      "      --out chain.gif"
    })
final class SampleCommand implements Callable<Integer> {
  /** Timesteps visited, where nothing else is asked for. */
  static final int DEFAULT_STEPS = 50;

  private static final int MOST_IMAGES = 1 << 20;

  /** How noise becomes an image. */
  enum SamplerName {
    /** The DDIM family, deterministic at eta 0. */
    DDIM,
    /** Ancestral sampling. */
    DDPM
  }

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "The model, a file that demo or train wrote.")
  Path model = Path.of(TrainingRun.MODEL);

  @Option(
      names = {"-n", "--n"},
      paramLabel = "N",
      description = "Number of images. Default: ${DEFAULT-VALUE}.")
  int count = 64;

  @Option(
      names = "--label",
      paramLabel = "CLASS",
      description =
          "Class to sample, by name or number; several with commas between share the images."
              + " Default: every class equally often.")
  @Nullable String label;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the noise. Default: ${DEFAULT-VALUE}.")
  long seed = 0;

  @Option(names = "--sampler", paramLabel = "NAME", description = "ddim or ddpm. Default: ddim.")
  SamplerName sampler = SamplerName.DDIM;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Timesteps to visit, evenly spaced, at most the length of the model's chain. Default: 50.")
  @Nullable Integer steps;

  @Option(
      names = "--spacing",
      paramLabel = "TEXT",
      description =
          "Timesteps to visit instead of --steps: numbers for equal sections of the chain"
              + " (10,15,20), or ddimN for N at one stride (ddim50).")
  @Nullable String spacing;

  @Option(
      names = "--eta",
      paramLabel = "E",
      description = "Randomness of ddim's steps, from 0 to 1. Default: 0.")
  @Nullable Double eta;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      converter = ImageSize.Converter.class,
      description = "Size of the images. Default: that of the training images.")
  @Nullable ImageSize size;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images computed at once. Default: ${DEFAULT-VALUE}.")
  int batch = 64;

  @Option(
      names = "--no-clip",
      description = "Do not clip the predicted image to the range of images at each step.")
  boolean noClip;

  @Option(
      names = "--out",
      paramLabel = "PATH",
      description =
          "A .png file for one picture of all, .npz for arrays, .gif for an animation of the"
              + " denoising, or a folder for picture and arrays. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("samples.png");

  @Option(
      names = "--separate",
      description = "Write each image to a PNG file of its own too; --out must be a folder.")
  boolean separate;

  @Option(names = "--columns", paramLabel = "N", description = "Images in a row of the picture.")
  @Nullable Integer columns;

  @Option(
      names = "--scale",
      paramLabel = "N",
      description = "Enlarge each pixel of the picture to N pixels a side.")
  @Nullable Integer scale;

  SampleCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    checkNumbers(usage);
    Sampler chosen = chosenSampler(usage);
    Pipeline pipeline = Pipeline.load(model);
    ImageSize imageSize = imageSize(usage, pipeline);
    UNetConfig network = pipeline.model().config();
    SampleRequest request =
        SampleRequest.of(count)
            .seed(seed)
            .batch(Math.min(batch, count))
            .sampler(chosen, timesteps(usage, pipeline.config()))
            .size(imageSize.height(), imageSize.width())
            .clip(!noClip);
    if (label != null) {
      LabelSelection selection =
          new LabelSelection(usage, network.numClasses(), pipeline.config().classNames());
      request = request.labels(selection.labels(label, count));
    }
    usage.require(
        (double) count * imageSize.height() * imageSize.width() * network.inChannels()
            <= Integer.MAX_VALUE - 64,
        "-n "
            + count
            + " images of "
            + imageSize
            + " are too many for one array; run several times"
            + " with other seeds");
    SampleFiles files =
        SampleFiles.named(usage, out, separate, count, imageSize, grid(imageSize, network));
    return new SamplingRun(spec.commandLine(), pipeline, request, files).run()
        ? ExitCode.OK
        : Interruption.EXIT_CODE;
  }

  private void checkNumbers(UsageCheck usage) {
    usage.require(
        count >= 1 && count <= MOST_IMAGES,
        "-n must be from 1 to " + MOST_IMAGES + ", got " + count);
    usage.require(batch >= 1, "--batch must be at least 1, got " + batch);
    usage.require(columns == null || columns >= 1, "--columns must be at least 1, got " + columns);
    usage.require(scale == null || scale >= 1, "--scale must be at least 1, got " + scale);
    usage.require(
        steps == null || spacing == null, "--steps and --spacing exclude each other; give one");
    usage.require(steps == null || steps >= 1, "--steps must be at least 1, got " + steps);
  }

  private Sampler chosenSampler(UsageCheck usage) {
    if (sampler == SamplerName.DDPM) {
      usage.require(
          eta == null, "--eta is a setting of ddim; leave it out, or choose --sampler ddim");
      return new DdpmSampler();
    }
    double value = eta == null ? 0 : eta;
    usage.require(value >= 0 && value <= 1, "--eta must be from 0 to 1, got " + value);
    return new DdimSampler(value);
  }

  /** The spacing, checked against the length of the model's chain. */
  private String timesteps(UsageCheck usage, DiffusionConfig config) {
    int length = config.steps();
    usage.require(
        steps == null || steps <= length,
        "--steps must be at most " + length + ", the length of the model's chain, got " + steps);
    if (spacing != null) {
      String text = spacing;
      int visited = usage.valid(() -> TimestepSpacing.parse(text).timesteps(length)).length;
      usage.require(visited > 0, "--spacing " + text + " visits no timestep");
      return text;
    }
    return Integer.toString(steps == null ? Math.min(DEFAULT_STEPS, length) : steps);
  }

  private ImageSize imageSize(UsageCheck usage, Pipeline pipeline) {
    DiffusionConfig config = pipeline.config();
    if (size == null) {
      return new ImageSize(config.height(), config.width());
    }
    ImageSize wanted = size;
    return usage.valid(
        () -> {
          pipeline.model().config().requireSize(wanted.height(), wanted.width());
          return wanted;
        });
  }

  private PictureGrid grid(ImageSize imageSize, UNetConfig network) {
    PictureGrid grid = PictureGrid.of(count, imageSize, label == null ? network.numClasses() : 0);
    if (columns != null) {
      grid = grid.withColumns(columns);
    }
    return scale == null ? grid : grid.withScale(scale);
  }
}
