package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Turns the noise that encodes images back into them. */
@Command(
    name = "decode",
    description = "Turns codes that encode wrote, or any noise, into images.",
    sortOptions = false,
    customSynopsis = {"ornstein decode --model=FILE --codes=FILE [OPTION]..."},
    footer = {"  ornstein decode --model demo/model.safetensors --codes codes.npz --out back.png"})
final class DecodeCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "The model that the codes were made with.")
  Path model = Path.of(TrainingRun.MODEL);

  @Option(
      names = "--codes",
      required = true,
      paramLabel = "FILE",
      description = "An .npz file with codes [N, H, W, C], and labels [N] for a model of classes.")
  Path codes = Path.of("codes.npz");

  @Mixin(name = "Flow")
  FlowArguments flow = new FlowArguments();

  @Option(
      names = "--out",
      paramLabel = "PATH",
      description =
          "A .png file for one picture of all, .npz for arrays, or a folder. Default:"
              + " ${DEFAULT-VALUE}.")
  Path out = Path.of("decoded.png");

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  DecodeCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    SequencedMap<String, NpyArray> arrays = Npz.read(codes);
    Pipeline pipeline = foreign.open(usage, model);
    NpyArray array = arrays.get(EncodeCommand.CODES);
    Shape shape = array == null ? Shape.scalar() : array.shape();
    if (array == null
        || shape.rank() != 4
        || shape.dim(0) < 1
        || shape.dim(3) != pipeline.model().config().inChannels()) {
      throw new FormatException(
          codes.toString(),
          EncodeCommand.CODES,
          -1,
          "needs codes [N, H, W, " + pipeline.model().config().inChannels() + "]");
    }
    usage.valid(
        () -> {
          pipeline.model().config().requireSize(shape.dim(1), shape.dim(2));
          return shape;
        });
    ImageSize trained = new ImageSize(pipeline.config().height(), pipeline.config().width());
    if (!trained.equals(new ImageSize(shape.dim(1), shape.dim(2)))) {
      usage.note(
          "--codes "
              + codes
              + " are of "
              + new ImageSize(shape.dim(1), shape.dim(2))
              + ", the model makes images of "
              + trained
              + ": were they encoded with another model?");
    }
    Tensor labels = labels(usage, pipeline, arrays.get(EncodeCommand.LABELS), shape.dim(0));
    ReverseProcess process = flow.process(usage, pipeline);
    ImageSize size = new ImageSize(shape.dim(1), shape.dim(2));
    SampleFiles files =
        SampleFiles.named(
            usage, out, false, shape.dim(0), size, PictureGrid.of(shape.dim(0), size));
    files.createFolder();
    Tensor x = Tensor.of(shape, array.floats());
    Tensor images;
    try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "decoding")) {
      images =
          usage.valid(
              () ->
                  flow.solver()
                      .sample(
                          process,
                          x,
                          labels,
                          NoiseSource.of(0),
                          step -> {
                            display.update(step.done(), step.total(), "");
                            return true;
                          }));
    }
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(
        Locale.ROOT,
        "decoded %,d images%nwrote %s%n",
        shape.dim(0),
        String.join(", ", files.write(Images.fromUnit(shape, images.toArray()))));
    terminal.flush();
    return ExitCode.OK;
  }

  private @Nullable Tensor labels(
      UsageCheck usage, Pipeline pipeline, @Nullable NpyArray array, int count)
      throws FormatException {
    if (pipeline.classes() == 0) {
      return null;
    }
    usage.require(
        array != null && array.shape().equals(Shape.of(count)),
        "--codes " + codes + " needs labels [" + count + "], for the model has classes");
    long[] values = array == null ? new long[0] : array.longs();
    float[] labels = new float[values.length];
    for (int i = 0; i < labels.length; i++) {
      usage.require(
          values[i] >= 0 && values[i] < pipeline.classes(),
          "--codes " + codes + " has the label " + values[i] + ", which is no class of the model");
      labels[i] = values[i];
    }
    return Tensor.of(labels);
  }
}
