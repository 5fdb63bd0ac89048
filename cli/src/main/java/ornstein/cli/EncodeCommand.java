package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.solver.RungeKutta;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Finds the noise that encodes images. */
@Command(
    name = "encode",
    description =
        "Finds the noise that encodes images under a model: decode turns it back, interpolate finds"
            + " images between two.",
    sortOptions = false,
    customSynopsis = {"ornstein encode --model=FILE --data=PATH [OPTION]..."},
    footer = {
      "  ornstein encode --model demo/model.safetensors --data digits --limit 16 --out codes.npz",
      "  ornstein decode --model demo/model.safetensors --codes codes.npz --out back.png"
    })
final class EncodeCommand implements Callable<Integer> {
  /** The array of the noise in the file. */
  static final String CODES = "codes";

  /** That of the classes. */
  static final String LABELS = "labels";

  private static final int BATCH = 64;

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin(name = "Model")
  ModelArguments model = new ModelArguments();

  @Mixin(name = "Images")
  DatasetArguments dataset = new DatasetArguments();

  @Mixin(name = "Flow")
  FlowArguments flow = new FlowArguments();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Archive of the codes, .npz. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("codes.npz");

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  EncodeCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(out.toString().endsWith(".npz"), "--out " + out + " must end in .npz");
    try (ImageDataset data = dataset.open(usage)) {
      encode(usage, data);
    }
    return ExitCode.OK;
  }

  private void encode(UsageCheck usage, ImageDataset data) throws IOException {
    Pipeline pipeline = model.load(usage, foreign);
    ModelArguments.requireFit(usage, pipeline, data);
    ReverseProcess process = flow.process(usage, pipeline);
    RungeKutta solver = flow.solver();
    float[] codes = new float[Math.multiplyExact(data.size(), data.imageSize())];
    long[] labels = new long[data.size()];
    try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "encoding")) {
      for (int first = 0; first < data.size(); first += BATCH) {
        int at = first;
        int n = Math.min(BATCH, data.size() - first);
        Tensor x = ModelArguments.images(data, first, n);
        Tensor classes = model.labels(usage, pipeline, data, first, n);
        float[] found =
            usage
                .valid(
                    () ->
                        solver.encode(
                            process,
                            x,
                            classes,
                            step -> {
                              display.update(
                                  (long) at * step.total() + (long) n * step.done(),
                                  (long) data.size() * step.total(),
                                  "");
                              return true;
                            }))
                .toArray();
        System.arraycopy(found, 0, codes, first * data.imageSize(), found.length);
        copy(classes, labels, first);
      }
    }
    write(data, codes, labels, pipeline.classes() > 0);
  }

  private static void copy(@Nullable Tensor classes, long[] labels, int first) {
    if (classes != null) {
      float[] values = classes.toArray();
      for (int i = 0; i < values.length; i++) {
        labels[first + i] = (long) values[i];
      }
    }
  }

  private void write(ImageDataset data, float[] codes, long[] labels, boolean labelled)
      throws IOException {
    Shape shape = Shape.of(data.size(), data.height(), data.width(), data.channels());
    SequencedMap<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put(CODES, NpyArray.f32(shape, codes));
    if (labelled) {
      arrays.put(LABELS, NpyArray.i64(Shape.of(labels.length), labels));
    }
    Npz.write(out, arrays);
    double squares = 0;
    for (float v : codes) {
      squares += (double) v * v;
    }
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(
        Locale.ROOT,
        "encoded %,d images; the codes' mean square is %.3f, that of noise is 1%nwrote %s%n",
        data.size(),
        squares / codes.length,
        out);
    terminal.flush();
  }
}
