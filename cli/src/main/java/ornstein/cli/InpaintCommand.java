package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.RePaint;
import ornstein.diffusion.sampler.ReverseFamily;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fills a part of images anew. */
@Command(
    name = "inpaint",
    description = {
      "Fills a rectangle of images with what a model finds likely beside the rest (RePaint).",
      "Each row of the picture has an image, the image with the gap, and the fillings."
    },
    sortOptions = false,
    customSynopsis = {"ornstein inpaint --model=FILE --data=PATH --gap=Y,X,H,W [OPTION]..."},
    footer = {
      "  ornstein inpaint --model demo/model.safetensors --data digits --limit 8 --gap 0,4,8,4"
    })
final class InpaintCommand implements Callable<Integer> {
  private static final int MOST_IMAGES = 256;

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin(name = "Model")
  ModelArguments model = new ModelArguments();

  @Mixin(name = "Images")
  DatasetArguments dataset = new DatasetArguments();

  @Option(
      names = "--gap",
      required = true,
      paramLabel = "Y,X,H,W",
      split = ",",
      description = "The rectangle: its upper left pixel, its height and its width.")
  List<Integer> gap = List.of();

  @Option(
      names = {"-n", "--n"},
      paramLabel = "N",
      description = "Fillings of each image. Default: ${DEFAULT-VALUE}.")
  int fillings = 4;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "Timesteps to visit. Default: 100, or the length of the chain.")
  int steps = 100;

  @Option(
      names = "--jump",
      paramLabel = "N",
      description = "Steps of a jump back. Default: ${DEFAULT-VALUE}.")
  int jump = 10;

  @Option(
      names = "--resample",
      paramLabel = "N",
      description = "How often each stretch is walked; 1 for no jumps. Default: ${DEFAULT-VALUE}.")
  int resamplings = 5;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the noise. Default: ${DEFAULT-VALUE}.")
  long seed = 0;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The picture, .png. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("inpainted.png");

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  InpaintCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(out.toString().endsWith(".png"), "--out " + out + " must end in .png");
    usage.require(
        fillings >= 1 && steps >= 1 && jump >= 1 && resamplings >= 1,
        "-n, --steps, --jump and --resample must be at least 1");
    try (ImageDataset data = dataset.open(usage)) {
      inpaint(usage, data);
    }
    return ExitCode.OK;
  }

  private void inpaint(UsageCheck usage, ImageDataset data) throws IOException {
    usage.require(
        data.size() <= MOST_IMAGES,
        "--data has "
            + data.size()
            + " images; give --limit "
            + MOST_IMAGES
            + " or less, for all are in one picture");
    Pipeline pipeline = model.load(usage, foreign);
    ModelArguments.requireFit(usage, pipeline, data);
    Tensor mask = mask(usage, data);
    ReverseProcess process =
        pipeline.process().respaced(TimestepSpacing.atMost(steps)).with(Thresholding.clip());
    int n = data.size();
    Tensor known = ModelArguments.images(data, 0, n);
    Tensor labels = model.labels(usage, pipeline, data, 0, n);
    List<Images> columns = new ArrayList<>();
    columns.add(Images.fromUnit(known.shape(), known.toArray()));
    columns.add(Images.fromUnit(known.shape(), known.mul(mask).toArray()));
    RePaint sampler = new RePaint(ReverseFamily.posterior(), known, mask, jump, resamplings);
    try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "inpainting")) {
      for (int k = 0; k < fillings; k++) {
        int at = k;
        NoiseSource noise = NoiseSource.of(seed).from(k * n);
        Tensor filled =
            usage.valid(
                () ->
                    sampler.sample(
                        process,
                        noise.draw(0, known.shape()),
                        labels,
                        noise,
                        step -> {
                          display.update(
                              (long) at * step.total() + step.done(),
                              (long) fillings * step.total(),
                              "");
                          return true;
                        }));
        columns.add(Images.fromUnit(filled.shape(), filled.toArray()));
      }
    }
    ImageSize size = new ImageSize(data.height(), data.width());
    PictureGrid.of(n * columns.size(), size)
        .withColumns(columns.size())
        .savePng(out, ImageColumns.rows(columns));
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(Locale.ROOT, "filled %,d images %d times%nwrote %s%n", n, fillings, out);
    terminal.flush();
  }

  /** 1 where the image is known. */
  private Tensor mask(UsageCheck usage, ImageDataset data) {
    usage.require(gap.size() == 4, "--gap needs four numbers Y,X,H,W, got " + gap);
    int y = gap.get(0);
    int x = gap.get(1);
    int height = gap.get(2);
    int width = gap.get(3);
    usage.require(
        y >= 0
            && x >= 0
            && height >= 1
            && width >= 1
            && (long) y + height <= data.height()
            && (long) x + width <= data.width(),
        "--gap "
            + gap
            + " does not lie within images of "
            + new ImageSize(data.height(), data.width()));
    float[] known = new float[data.height() * data.width()];
    Arrays.fill(known, 1);
    for (int row = y; row < y + height; row++) {
      Arrays.fill(known, row * data.width() + x, row * data.width() + x + width, 0);
    }
    return Tensor.of(Shape.of(1, data.height(), data.width(), 1), known);
  }
}
