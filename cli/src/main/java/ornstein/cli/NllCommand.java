package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.likelihood.FlowLikelihood;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How many bits a model needs for images. */
@Command(
    name = "nll",
    description = {
      "Tells how many bits per value a model needs for images: by the variational bound over the"
          + " whole chain, or with --flow by the probability flow (of images dequantised by noise)."
    },
    sortOptions = false,
    customSynopsis = {"ornstein nll --model=FILE --data=PATH [OPTION]..."},
    footer = {
      "  ornstein nll --model demo/model.safetensors --data digits",
      "  ornstein nll --model run/model.safetensors --data photos/ --limit 100 --flow",
      "  ornstein nll --model run/model.safetensors --data photos/ --out terms.npz"
    })
final class NllCommand implements Callable<Integer> {
  private static final int BATCH = 64;

  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin(name = "Model")
  ModelArguments model = new ModelArguments();

  @Mixin(name = "Images")
  DatasetArguments dataset = new DatasetArguments();

  @Option(
      names = "--chain",
      paramLabel = "N",
      description = "Timesteps of the bound. Default: all of the model's chain.")
  @Nullable Integer chain;

  @Option(
      names = "--flow",
      description = "The likelihood of the probability flow instead of the bound.")
  boolean byFlow;

  @Option(
      names = "--probes",
      paramLabel = "N",
      description = "Random directions of Hutchinson's estimate, with --flow. Default: 1.")
  int probes = 1;

  @Mixin(name = "Flow")
  FlowArguments flow = new FlowArguments();

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the noise. Default: ${DEFAULT-VALUE}.")
  long seed = 0;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Also write the mean terms of each timestep, from the last to the first, as .npz: vb_terms,"
              + " mse_terms, xstart_mse_terms.")
  @Nullable Path out;

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  NllCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(chain == null || chain >= 1, "--chain must be at least 1, got " + chain);
    usage.require(probes >= 1, "--probes must be at least 1, got " + probes);
    usage.require(
        out == null || out.toString().endsWith(".npz"), "--out " + out + " must end in .npz");
    usage.require(
        out == null || !byFlow, "--out is for the bound's terms; --flow has none, leave one out");
    usage.require(
        dataset.bits == null || dataset.bits == 8,
        "--bits " + dataset.bits + ": bits per value are those of 8-bit images; leave it out");
    try (ImageDataset data = dataset.open(usage)) {
      Pipeline pipeline = model.load(usage, foreign);
      ModelArguments.requireFit(usage, pipeline, data);
      if (byFlow) {
        flow(usage, pipeline, data);
      } else {
        bound(usage, pipeline, data);
      }
    }
    return ExitCode.OK;
  }

  private void bound(UsageCheck usage, Pipeline pipeline, ImageDataset data) throws IOException {
    ReverseProcess process = pipeline.process();
    if (chain != null) {
      process = process.respaced(TimestepSpacing.atMost(chain));
    }
    BitsPerDimension bits;
    try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "evaluating")) {
      bits =
          BitsPerDimension.measure(
              process,
              data,
              (first, count) -> model.labels(usage, pipeline, data, first, count),
              seed,
              (done, all) -> {
                display.update(done, all, "");
                return true;
              });
    }
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.println(bits.describe());
    if (out != null) {
      bits.writeTerms(out);
      terminal.println("wrote " + out);
    }
    terminal.flush();
  }

  private void flow(UsageCheck usage, Pipeline pipeline, ImageDataset data) {
    ReverseProcess process = flow.process(usage, pipeline);
    FlowLikelihood likelihood = flow.likelihood(probes);
    List<Double> each = new ArrayList<>();
    int n = data.size();
    int steps = process.diffusion().steps();
    try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "evaluating")) {
      for (int first = 0; first < n; first += BATCH) {
        int at = first;
        int count = Math.min(BATCH, n - first);
        Tensor images = ModelArguments.images(data, first, count);
        Tensor noisy = dequantized(images, first);
        double[] logs =
            usage.valid(
                () ->
                    likelihood.logLikelihood(
                        process,
                        noisy,
                        model.labels(usage, pipeline, data, at, count),
                        NoiseSource.of(seed).from(at),
                        step -> {
                          display.update(
                              (long) at * steps + (long) count * step, (long) n * steps, "");
                          return true;
                        }));
        for (double nats : logs) {
          each.add(FlowLikelihood.bitsPerDimension(nats, data.imageSize()));
        }
      }
    }
    Repeated bits = new Repeated(each);
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(
        Locale.ROOT,
        "%.4f bits/dim%s over %,d images, by the probability flow%n",
        bits.mean(),
        n == 1 ? "" : String.format(Locale.ROOT, " ± %.4f", bits.standardError()),
        n);
    terminal.flush();
  }

  /** Values of 8 bits moved by uniform noise within their bins (Theis et al. 2016). */
  private Tensor dequantized(Tensor images, int first) {
    int[] dims = images.shape().dims();
    float[] x = images.toArray();
    int each = x.length / dims[0];
    for (int i = 0; i < dims[0]; i++) {
      float[] u = Rng.of(seed).split(-1).split((long) first + i).uniform(Shape.of(each)).toArray();
      for (int k = 0; k < each; k++) {
        x[i * each + k] += (u[k] - 0.5f) / 127.5f;
      }
    }
    return Tensor.of(images.shape(), x);
  }
}
