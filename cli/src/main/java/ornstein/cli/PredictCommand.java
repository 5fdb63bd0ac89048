package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.io.Npy;
import ornstein.engine.io.NpyArray;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Applies a network once. */
@Command(
    name = "predict",
    description = {
      "Applies a model's network once to given images at a given timestep, as it is: to compare",
      "with another implementation. Sampling is the command sample."
    },
    sortOptions = false,
    customSynopsis = {
      "ornstein predict --model=FILE --input=X.npy --t=T --output=Y.npy [OPTION]..."
    },
    footer = {
      "  ornstein predict --model model.pt --input x.npy --t 37 --output y.npy --layout nchw"
    })
final class PredictCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  /** Order of the axes of images. */
  enum Layout {
    /** Channels last. */
    NHWC,
    /** Channels first, as PyTorch has them. */
    NCHW
  }

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "The model: a file of any project that is known, or a folder of diffusers.")
  Path model = Path.of(TrainingRun.MODEL);

  @Option(
      names = "--input",
      required = true,
      paramLabel = "X.npy",
      description = "Images as numbers, four axes.")
  Path input = Path.of("");

  @Option(
      names = "--t",
      required = true,
      paramLabel = "T",
      description = "The timestep, as the network is told it; fractions are allowed.")
  float timestep = 0;

  @Option(names = "--label", paramLabel = "N", description = "Class of all images, by number.")
  @Nullable Integer label;

  @Option(
      names = "--layout",
      paramLabel = "ORDER",
      description = "nhwc or nchw, of input and output. Default: ${DEFAULT-VALUE}.")
  Layout layout = Layout.NHWC;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "Y.npy",
      description = "Where the network's output goes.")
  Path output = Path.of("");

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  PredictCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(Float.isFinite(timestep), "--t must be finite, got " + timestep);
    NpyArray array = Npy.read(input);
    usage.require(
        array.shape().rank() == 4,
        "--input " + input + " has the shape " + array.shape() + "; four axes are needed");
    Pipeline opened = foreign.open(usage, model);
    int classes = opened.model().config().numClasses();
    usage.require(
        label == null || (label >= 0 && label < classes),
        "--label " + label + ": the network has " + classes + " classes");
    usage.require(
        label != null || classes == 0, "the network has " + classes + " classes; give a --label");
    Tensor given = Tensor.of(array.shape(), array.floats());
    Tensor x = layout == Layout.NCHW ? given.permute(0, 2, 3, 1) : given;
    int n = x.shape().dim(0);
    Tensor labels = label == null ? null : filled(n, label);
    Tensor y =
        usage.valid(
            () -> Autograd.noGrad(() -> opened.model().forward(x, filled(n, timestep), labels)));
    Tensor written = layout == Layout.NCHW ? y.permute(0, 3, 1, 2) : y;
    Npy.write(output, NpyArray.f32(Shape.of(written.shape().dims()), written.toArray()));
    PrintWriter out = spec.commandLine().getOut();
    out.println("wrote " + output + ", " + written.shape());
    out.flush();
    return ExitCode.OK;
  }

  private static Tensor filled(int count, float value) {
    float[] values = new float[count];
    Arrays.fill(values, value);
    return Tensor.of(values);
  }
}
