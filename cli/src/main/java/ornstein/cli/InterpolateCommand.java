package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.Interpolation;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Images between the samples of two seeds. */
@Command(
    name = "interpolate",
    description =
        "Draws images on the way from the samples of one seed to those of another, a row for each"
            + " pair.",
    sortOptions = false,
    customSynopsis = {"ornstein interpolate --model=FILE [OPTION]..."},
    footer = {
      "  ornstein interpolate --model demo/model.safetensors --label 3 -n 4",
      "  ornstein interpolate --model run/model.safetensors --from 5 --to 9 --way linear"
    })
final class InterpolateCommand implements Callable<Integer> {
  private static final int MOST_IMAGES = 4096;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description =
          "The model: a file that demo or train wrote, a checkpoint of another project, or a folder of diffusers.")
  Path model = Path.of(TrainingRun.MODEL);

  @Option(
      names = {"-n", "--n"},
      paramLabel = "N",
      description = "Pairs of samples. Default: ${DEFAULT-VALUE}.")
  int count = 6;

  @Option(
      names = "--frames",
      paramLabel = "N",
      description = "Images from one to the other, both included. Default: ${DEFAULT-VALUE}.")
  int frames = 11;

  @Option(
      names = "--from",
      paramLabel = "SEED",
      description = "Seed of the first samples. Default: ${DEFAULT-VALUE}.")
  long from = 0;

  @Option(
      names = "--to",
      paramLabel = "SEED",
      description = "Seed of the last samples. Default: ${DEFAULT-VALUE}.")
  long to = 1;

  @Option(
      names = "--way",
      paramLabel = "NAME",
      description = "spherical, rotation or linear. Default: ${DEFAULT-VALUE}.")
  String way = "spherical";

  @Option(
      names = "--label",
      paramLabel = "CLASS",
      description = "Class of all images, by name or number. Default: each row the next class.")
  @Nullable String label;

  @Mixin(name = "Sampler")
  SamplerArguments sampling = new SamplerArguments();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The picture, .png. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("interpolation.png");

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  InterpolateCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(
        count >= 1 && frames >= 2 && (long) count * frames <= MOST_IMAGES,
        "-n must be at least 1 and --frames at least 2, their product at most " + MOST_IMAGES);
    usage.require(out.toString().endsWith(".png"), "--out " + out + " must end in .png");
    Interpolation path = usage.valid(() -> Interpolation.named(way));
    Sampler sampler = sampling.sampler(usage);
    Pipeline pipeline = foreign.open(usage, model);
    Tensor labels = labels(usage, pipeline);
    ReverseProcess process =
        pipeline
            .process()
            .respaced(TimestepSpacing.parse(sampling.timesteps(usage, pipeline.config().steps())))
            .with(sampling.thresholding(usage));
    Shape shape =
        Shape.of(
            count,
            pipeline.config().height(),
            pipeline.config().width(),
            pipeline.model().config().inChannels());
    Tensor first = NoiseSource.of(from).draw(0, shape);
    Tensor last = NoiseSource.of(to).draw(0, shape);
    List<Images> columns = new ArrayList<>();
    try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "sampling")) {
      for (int i = 0; i < frames; i++) {
        Tensor x = path.between(first, last, i / (frames - 1.0));
        // The same fresh noise all the way: what differs between frames is where they begin.
        NoiseSource noise = NoiseSource.of(from);
        Tensor made = usage.valid(() -> sampler.sample(process, x, labels, noise));
        columns.add(Images.fromUnit(shape, made.toArray()));
        display.update(i + 1, frames, "");
      }
    }
    ImageSize size = new ImageSize(shape.dim(1), shape.dim(2));
    PictureGrid.of(count * frames, size)
        .withColumns(frames)
        .savePng(out, ImageColumns.rows(columns));
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(
        Locale.ROOT, "interpolated %,d pairs in %d frames%nwrote %s%n", count, frames, out);
    terminal.flush();
    return ExitCode.OK;
  }

  private @Nullable Tensor labels(UsageCheck usage, Pipeline pipeline) {
    int classes = pipeline.classes();
    if (classes == 0) {
      usage.require(label == null, "--label: the model has no classes; leave it out");
      return null;
    }
    float[] labels = new float[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % classes;
    }
    if (label != null) {
      String text = label;
      int wanted =
          new LabelSelection(usage, classes, pipeline.config().classNames()).labels(text, 1).get(0);
      Arrays.fill(labels, wanted);
    }
    return Tensor.of(labels);
  }
}
