package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.DatasetOptions;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.data.LabelChoice;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.sampler.Sampler;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how good samples are. */
@Command(
    name = "eval",
    description = {
      "Measures how good a model's samples are.",
      "Their distance from real images (Frechet and kernel distance), precision and "
          + "recall, inception score, copies of training images, the model's bits per value, "
          + "and the speed of sampling. Every figure is given with what it depends on: "
          + "reference images, number of samples, extractor of features."
    },
    sortOptions = false,
    customSynopsis = {
      "ornstein eval --model=FILE --data=PATH [OPTION]...",
      "       ornstein eval --samples=FILE --data=PATH [OPTION]..."
    },
    footer = {
      "  ornstein eval --model digits --data digits",
      "  ornstein eval --model run/model.safetensors --data photos/ --validation 0.1 -n 2000",
      "  ornstein eval --samples samples.npz --data photos/ --metrics frechet,kernel",
      "  ornstein eval --model mnist/model.safetensors --data train-images-idx3-ubyte.gz \\",
      "      --held-out t10k-images-idx3-ubyte.gz --extractor classifier/model.safetensors"
    })
final class EvalCommand implements Callable<Integer> {
  static final String PICTURE = "memorisation.png";

  private static final int DEFAULT_SAMPLES = 1000;
  private static final int MOST_SAMPLES = 1 << 20;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "The model to sample from: a file that demo or train wrote, a checkpoint of another"
              + " project, a folder of diffusers, or a built-in model: fashion or digits.")
  @Nullable Path model;

  @Option(
      names = "--samples",
      paramLabel = "PATH",
      description =
          "Images sampled before, instead: an .npz file that sample wrote, or anything that --data"
              + " takes.")
  @Nullable Path samples;

  @Option(
      names = {"-n", "--n"},
      paramLabel = "N",
      description =
          "Number of samples. Default: 1000, or as many as there are reference images if these are"
              + " fewer; all of --samples.")
  @Nullable Integer count;

  @Option(
      names = "--metrics",
      paramLabel = "NAME",
      split = ",",
      description =
          "What to measure: frechet, kernel, precision-recall, inception, memorisation, nll, speed."
              + " Default: all that is possible.")
  @Nullable List<EvalMetric> metrics;

  @Mixin(name = "Features")
  ExtractorArguments extraction = new ExtractorArguments();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of all noise. Default: ${DEFAULT-VALUE}.")
  long seed = 0;

  @Option(
      names = "--guidance",
      paramLabel = "SCALE",
      description = "Scale of classifier-free guidance, 1 for none. Default: 1.")
  double guidance = 1;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images computed at once. Default: ${DEFAULT-VALUE}.")
  int batch = 64;

  @Option(
      names = "--nll-images",
      paramLabel = "N",
      description =
          "Images whose bits per value are measured, each through the whole chain. Default:"
              + " ${DEFAULT-VALUE}.")
  int nllImages = 32;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for eval.csv, eval.md and memorisation.png. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("eval");

  @Mixin(name = "Sampler")
  SamplerArguments sampling = new SamplerArguments();

  @Mixin(name = "Images")
  DatasetArguments dataset = new DatasetArguments();

  @Mixin(name = "Parts of the images")
  EvalImages parts = new EvalImages();

  @Mixin(name = "Kept statistics")
  CacheArguments cache = new CacheArguments();

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  EvalCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(
        (model == null) != (samples == null), "give either --model or --samples, and not both");
    usage.require(
        count == null || (count >= 1 && count <= MOST_SAMPLES),
        "-n must be from 1 to " + MOST_SAMPLES + ", got " + count);
    usage.require(batch >= 1, "--batch must be at least 1, got " + batch);
    usage.require(nllImages >= 1, "--nll-images must be at least 1, got " + nllImages);
    usage.require(Double.isFinite(guidance), "--guidance must be finite, got " + guidance);
    Sampler chosen = sampling.sampler(usage);
    Thresholding thresholding = sampling.thresholding(usage);
    OutputFolder folder = OutputFolder.of(usage, out);
    try (EvalImages.Parts images = parts.open(usage, dataset);
        Pipeline pipeline = model == null ? null : foreign.open(usage, model)) {
      ExtractorArguments.Tried tried = extraction.tried(usage, images.reference().images());
      EvalRun run = new EvalRun(spec.commandLine(), images, tried, wanted(), cache.cache(spec));
      run.seed(seed).nllImages(nllImages);
      if (pipeline != null) {
        String timesteps = sampling.timesteps(usage, pipeline.config().steps());
        SampleRequest request =
            SampleRequest.of(count(images))
                .seed(seed)
                .batch(Math.min(batch, count(images)))
                .sampler(chosen, timesteps)
                .thresholding(thresholding)
                .guidance(guidance);
        requireFit(usage, pipeline, request, images.reference().images());
        String made = model + ", " + sampling.describe(timesteps) + ", seed " + seed;
        run.sampledBy(pipeline, request, made + (guidance == 1 ? "" : ", guidance " + guidance));
      } else if (samples != null) {
        run.given(read(usage, samples, images.reference().images()), samples.toString());
      }
      run.leaveOutTheImpossible();
      folder.create();
      return measure(run, folder);
    }
  }

  private int measure(EvalRun run, OutputFolder folder) throws IOException {
    PrintWriter terminal = spec.commandLine().getOut();
    try (Interruption interruption =
        Interruption.guard(spec.commandLine(), "interrupted", () -> {})) {
      EvalReport report = run.measure(() -> !interruption.requested(), folder.file(PICTURE));
      report.leftOut().forEach(line -> terminal.println("left out: " + line));
      report.writeCsv(folder.file("eval.csv"));
      report.writeMarkdown(folder.file("eval.md"), run.pictured());
      terminal.println(
          "wrote "
              + folder.file("eval.csv")
              + ", "
              + folder.file("eval.md")
              + (run.pictured() ? ", " + folder.file(PICTURE) : ""));
      return ExitCode.OK;
    } catch (CancellationException e) {
      terminal.println("nothing written");
      return Interruption.EXIT_CODE;
    } finally {
      terminal.flush();
    }
  }

  private int count(EvalImages.Parts images) {
    return count != null ? count : Math.min(DEFAULT_SAMPLES, images.reference().images().size());
  }

  /** What is asked for; empty for whatever is possible. */
  private Set<EvalMetric> wanted() {
    return metrics == null ? EnumSet.noneOf(EvalMetric.class) : EnumSet.copyOf(metrics);
  }

  private static void requireFit(
      UsageCheck usage, Pipeline pipeline, SampleRequest request, ImageDataset data) {
    ModelArguments.requireFit(usage, pipeline, data);
    int height = pipeline.config().height();
    int width = pipeline.config().width();
    usage.require(
        data.height() == height && data.width() == width,
        String.format(
            "--data has images of %dx%d, the model makes %dx%d; give --size %s",
            data.height(), data.width(), height, width, new ImageSize(height, width)));
    usage.valid(() -> pipeline.process(request));
    usage.require(
        (double) request.count() * data.imageSize() <= Images.MOST_VALUES,
        "-n " + request.count() + " images are too many for one array; give a smaller -n");
  }

  private Images read(UsageCheck usage, Path file, ImageDataset data) throws IOException {
    DatasetOptions options = DatasetOptions.defaults().withLabels(LabelChoice.NONE);
    try (ImageDataset all = Datasets.open(file, options)) {
      usage.require(
          all.imageShape().equals(data.imageShape()),
          "--samples "
              + file
              + " has images of "
              + all.imageShape()
              + ", --data of "
              + data.imageShape()
              + "; give --size and --channels to make the latter alike");
      usage.require(
          count == null || count <= all.size(),
          "--samples " + file + " has " + all.size() + " images; -n " + count + " is too many");
      ImageDataset some = count == null ? all : all.first(count);
      usage.require(
          (double) some.size() * some.imageSize() <= Images.MOST_VALUES,
          "--samples " + file + " has too many images for one array; give a smaller -n");
      int[] positions = new int[some.size()];
      Arrays.setAll(positions, i -> i);
      return Images.of(some, positions);
    }
  }
}
