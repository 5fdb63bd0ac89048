package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.sampler.Sampler;
import ornstein.nn.unet.UNetConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
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
      "  ornstein sample --model run/model.safetensors --solver dpm++2m --steps 20",
      "  ornstein sample --model run/model.safetensors --label cat --guidance 3",
      "  ornstein sample --model run/model.safetensors --sampler ddpm --steps 1000 \\",
      "      --out chain.gif"
    })
final class SampleCommand implements Callable<Integer> {
  private static final int MOST_IMAGES = 1 << 20;

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

  @Option(
      names = "--guidance",
      paramLabel = "SCALE",
      description =
          "Classifier-free guidance: 1 for none, 2 to 4 for clearer classes; for models trained"
              + " with --label-dropout. Default: 1.")
  double guidance = 1;

  @Mixin(name = "Sampler")
  SamplerArguments sampling = new SamplerArguments();

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
    Sampler chosen = sampling.sampler(usage);
    Thresholding thresholding = sampling.thresholding(usage);
    Pipeline pipeline = Pipeline.load(model);
    ImageSize imageSize = imageSize(usage, pipeline);
    UNetConfig network = pipeline.model().config();
    SampleRequest unlabelled =
        SampleRequest.of(count)
            .seed(seed)
            .batch(Math.min(batch, count))
            .sampler(chosen, sampling.timesteps(usage, pipeline.config().steps()))
            .size(imageSize.height(), imageSize.width())
            .thresholding(thresholding)
            .guidance(guidance);
    usage.valid(() -> pipeline.process(unlabelled));
    int classes = pipeline.classes();
    SampleRequest request = unlabelled;
    if (label != null) {
      LabelSelection selection = new LabelSelection(usage, classes, pipeline.config().classNames());
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
        SampleFiles.named(usage, out, separate, count, imageSize, grid(imageSize, classes));
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
    usage.require(Double.isFinite(guidance), "--guidance must be finite, got " + guidance);
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

  private PictureGrid grid(ImageSize imageSize, int classes) {
    PictureGrid grid = PictureGrid.of(count, imageSize, label == null ? classes : 0);
    if (columns != null) {
      grid = grid.withColumns(columns);
    }
    return scale == null ? grid : grid.withScale(scale);
  }
}
