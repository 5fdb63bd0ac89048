package ornstein.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.pretrained.DiffusersFolder;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.scheduler.Scheduler;
import ornstein.diffusion.scheduler.SchedulerSampler;
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
    customSynopsis = {"ornstein sample [--model=MODEL] [OPTION]..."},
    footer = {
      "  ornstein sample",
      "  ornstein sample --label 'Ankle boot' --guidance 2 -n 16 --out boots.png",
      "  ornstein sample --model demo/model.safetensors",
      "  ornstein sample --model demo/model.safetensors --label 3,5 -n 20 --out 35.png",
      "  ornstein sample --model run/model.safetensors -n 10000 --out samples.npz",
      "  ornstein sample --model run/model.safetensors --solver dpm++2m --steps 20",
      "  ornstein sample --model run/model.safetensors --label cat --guidance 3",
      "  ornstein sample --model demo/model.safetensors -n 100 --captions --gif denoising.gif",
      "  ornstein sample --model run/model.safetensors --sampler ddpm --steps 1000 \\",
      "      --out chain.gif"
    })
final class SampleCommand implements Callable<Integer> {
  private static final int MOST_IMAGES = 1 << 20;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "The model: a file that demo or train wrote, a checkpoint of another project, a folder of"
              + " diffusers, or a built-in model: fashion or digits."
              + " Default: ${DEFAULT-VALUE}.")
  Path model = Path.of(BuiltInModel.FASHION.modelName());

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
      names = "--rng",
      paramLabel = "NAME",
      description =
          "Generator of the noise: philox, by which an image does not depend on its batch, or torch,"
              + " the numbers of PyTorch's CPU generator after manual_seed. Default: philox.")
  Generator rng = Generator.PHILOX;

  /** Generators of noise. */
  enum Generator {
    /** Counter-based, of the sample. */
    PHILOX,
    /** PyTorch's, a sequence. */
    TORCH;

    NoiseSource noise(long seed) {
      return this == TORCH ? NoiseSource.torch(seed) : NoiseSource.of(seed);
    }
  }

  @Option(
      names = "--scheduler",
      description =
          "Sample as the model's own scheduler_config.json says, in diffusers' arithmetic; for folders"
              + " of diffusers. --steps says how many steps.")
  boolean ownScheduler;

  @Option(
      names = "--guidance",
      paramLabel = "SCALE",
      description =
          "Classifier-free guidance: 1 for none, 2 to 4 for clearer classes; for models trained"
              + " with --label-dropout. Default: 1.")
  double guidance = 1;

  @Mixin(name = "Classifier")
  ClassifierArguments classifier = new ClassifierArguments();

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
      names = "--gif",
      paramLabel = "FILE.gif",
      description = "Write an animation of the denoising too.")
  @Nullable Path gif;

  @Option(
      names = "--captions",
      negatable = true,
      fallbackValue = "true",
      description =
          "The class under each image of picture and animation, by name or else number. Default: if"
              + " --label asks for several.")
  @Nullable Boolean captions;

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

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  SampleCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    checkNumbers(usage);
    Sampler chosen = ownScheduler ? ownScheduler(usage) : sampling.sampler(usage);
    Thresholding thresholding = sampling.thresholding(usage);
    Pipeline pipeline = classifier.guided(usage, foreign.open(usage, model), label);
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
    if (label != null && !(classes == 0 && classifier.given())) {
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
    if (gif != null) {
      files.animatedAs(usage, gif);
    }
    if (captioned(usage, classes, request)) {
      files.captioned(new ClassCaptions(pipeline.config().classNames()));
    }
    return new SamplingRun(spec.commandLine(), pipeline, request, rng.noise(seed), files).run()
        ? ExitCode.OK
        : Interruption.EXIT_CODE;
  }

  private Sampler ownScheduler(UsageCheck usage) throws IOException {
    usage.require(
        Files.isDirectory(model),
        "--scheduler is for folders of diffusers, and --model " + model + " is none");
    sampling.requireUnset(usage);
    Scheduler scheduler = new DiffusersFolder(model).scheduler();
    return usage.valid(() -> new SchedulerSampler(scheduler, sampling.count()));
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

  private boolean captioned(UsageCheck usage, int classes, SampleRequest request) {
    if (captions == null) {
      return request.labels().stream().distinct().count() > 1;
    }
    usage.require(
        !captions || classes > 0, "--captions: the model has no classes; leave --captions out");
    return captions;
  }

  private PictureGrid grid(ImageSize imageSize, int classes) {
    PictureGrid grid = PictureGrid.of(count, imageSize, label == null ? classes : 0);
    if (columns != null) {
      grid = grid.withColumns(columns);
    }
    return scale == null ? grid : grid.withScale(scale);
  }
}
