package ornstein.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.diffusion.solver.RungeKutta;
import ornstein.diffusion.solver.Tableau;
import ornstein.engine.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Error of encoding and decoding by the number of steps (Song et al. 2021, table 2). */
@Command(
    name = "ddim-table2",
    description = {
      "Error of reconstruction by number of steps (Song et al. 2021, table 2).",
      "Images are encoded as noise and decoded; also with Heun's method, which takes "
          + "two evaluations of the network a step, at equal evaluations. Mean squares a "
          + "value, of images in [0, 1]."
    },
    sortOptions = false,
    footer = {
      "  ornstein reproduce ddim-table2",
      "  ornstein reproduce ddim-table2 --model fashion --data fashion-mnist/ -n 50"
    })
final class DdimTable2Command implements Callable<Integer> {
  private static final List<Integer> COLUMNS = List.of(10, 20, 50, 100, 200, 500, 1000);
  private static final int BATCH = 50;
  private static final String EULER = "Euler (DDIM)";
  private static final String HEUN = "Heun";

  /** The images' range is [−1, 1]; the paper's is [0, 1]. */
  private static final double UNIT = 0.25;

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin(name = "Model")
  ShippedModelArguments model = new ShippedModelArguments();

  @Option(
      names = {"-n", "--n"},
      paramLabel = "N",
      description = "Images, at even distances. Default: ${DEFAULT-VALUE}.")
  int count = 100;

  @Option(
      names = "--steps",
      split = ",",
      paramLabel = "S",
      description =
          "Numbers of evaluations of the network each way, even, with commas between. Default:"
              + " 10,20,50,100,200,500,1000.")
  List<Integer> steps = COLUMNS;

  @Mixin ReproductionArguments common = new ReproductionArguments();

  DdimTable2Command() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(count >= 1, "-n must be at least 1, got " + count);
    for (int s : steps) {
      usage.require(s % 2 == 0, "--steps must be even, for Heun's method takes two, got " + s);
    }
    try (ImageDataset data = model.images(usage);
        Pipeline pipeline = model.open(usage, data)) {
      ReproductionArguments.requireSteps(usage, steps, 2, pipeline.config().steps());
      usage.require(
          count <= data.size(), "-n must be at most the " + data.size() + " images, got " + count);
      OutputFolder folder = common.folder(usage);
      ReproductionArguments.finish(spec, folder, measure(usage, pipeline, data.spread(count)));
    }
    return ExitCode.OK;
  }

  private ReproducedTable measure(UsageCheck usage, Pipeline pipeline, ImageDataset data) {
    ReproducedTable table =
        new ReproducedTable(
            "Error of reconstruction by evaluations (DDIM, table 2)",
            "mean square error, by evaluations each way",
            steps.stream().map(String::valueOf).toList());
    table.setting(
        String.format(
            Locale.ROOT,
            "Model %s; %,d images of %s at even distances, encoded and decoded along the probability"
                + " flow: by Euler's method along evenly spaced timesteps, by Heun's along times midway"
                + " between evenly in time and evenly in log SNR.",
            model.modelName(),
            count,
            model.imagesName()));
    List<Double> euler = new ArrayList<>();
    List<Double> heun = new ArrayList<>();
    long total = 2 * steps.stream().mapToLong(s -> s).sum();
    try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "reconstructing")) {
      long done = 0;
      for (int s : steps) {
        euler.add(error(usage, pipeline, data, Tableau.EULER, s));
        done += s;
        display.update(done, total, EULER + ", " + s + " evaluations");
        heun.add(error(usage, pipeline, data, Tableau.HEUN, s / 2));
        done += s;
        display.update(done, total, HEUN + ", " + s + " evaluations");
      }
    }
    table.measured(EULER, euler);
    table.measured(HEUN, heun);
    table.published(
        "published, CIFAR-10",
        EULER,
        ReproductionArguments.published(
            steps, COLUMNS, List.of(0.014, 0.0065, 0.0023, 0.0009, 0.0004, 0.0001, 0.0001)));
    claim(table, euler, heun);
    return table;
  }

  private double error(
      UsageCheck usage, Pipeline pipeline, ImageDataset data, Tableau tableau, int s) {
    ReverseProcess process =
        pipeline.process().respaced(TimestepSpacing.atMost(s)).with(Thresholding.none());
    RungeKutta solver = FlowArguments.solver(tableau);
    double squares = 0;
    long values = 0;
    for (int first = 0; first < count; first += BATCH) {
      int n = Math.min(BATCH, count - first);
      Tensor x = ModelArguments.images(data, first, n);
      Tensor labels = new ModelArguments().labels(usage, pipeline, data, first, n);
      float[] back = reconstruction(solver, process, x, labels).toArray();
      float[] images = x.toArray();
      for (int i = 0; i < images.length; i++) {
        double difference = (double) back[i] - images[i];
        squares += difference * difference;
      }
      values += images.length;
    }
    return UNIT * squares / values;
  }

  private static Tensor reconstruction(
      RungeKutta solver, ReverseProcess process, Tensor x, @Nullable Tensor labels) {
    Tensor code = solver.encode(process, x, labels, step -> true);
    return solver.sample(process, code, labels, NoiseSource.of(0));
  }

  private void claim(ReproducedTable table, List<Double> euler, List<Double> heun) {
    boolean falls = true;
    for (int i = 1; i < euler.size(); i++) {
      falls &= euler.get(i) < euler.get(i - 1);
    }
    table.claim("the error of Euler's method falls with every increase of S", falls);
    for (int i = 0; i < euler.size(); i++) {
      table.claim(
          "(beyond the paper) Heun's error is less than Euler's at "
              + steps.get(i)
              + " evaluations",
          heun.get(i) < euler.get(i));
    }
  }
}
