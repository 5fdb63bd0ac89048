package ornstein.cli;

import java.util.List;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.VarianceModel;
import picocli.CommandLine.Option;

/** The diffusion process that a network learns to reverse. */
final class DiffusionArguments {
  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description =
          "Noise schedule: cosine, linear, sigmoid, quadratic, straight and others (a wrong name"
              + " lists them), maybe with +zero_snr or +shift=s behind it. Default:"
              + " ${DEFAULT-VALUE}.")
  String schedule = "cosine";

  @Option(
      names = "--diffusion-steps",
      paramLabel = "T",
      description = "Length of the chain. Default: ${DEFAULT-VALUE}.")
  int steps = 1000;

  @Option(
      names = "--predict",
      paramLabel = "WHAT",
      description =
          "What the network estimates: epsilon, start_x, v, previous_x, score or flow. Default:"
              + " ${DEFAULT-VALUE}.")
  String predict = "epsilon";

  @Option(
      names = "--variance",
      paramLabel = "NAME",
      description =
          "Variance of ancestral sampling: fixed_large, fixed_small, learned_range or learned."
              + " Default: ${DEFAULT-VALUE}.")
  String variance = "fixed_large";

  DiffusionArguments() {}

  /** The variance, as the network must be made for. */
  VarianceModel variance(UsageCheck usage) {
    return usage.valid(() -> VarianceModel.named(variance));
  }

  /** The process for some images. */
  DiffusionConfig config(UsageCheck usage, ImageDataset data, List<String> classNames) {
    Parameterization parameterization = usage.valid(() -> Parameterization.named(predict));
    return usage.valid(
        () ->
            DiffusionConfig.defaults(data.height(), data.width(), classNames)
                .withSchedule(schedule, steps)
                .withParameterization(parameterization)
                .withVariance(variance(usage)));
  }
}
