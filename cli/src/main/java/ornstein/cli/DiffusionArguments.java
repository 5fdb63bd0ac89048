package ornstein.cli;

import java.util.List;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.process.Parameterization;
import picocli.CommandLine.Option;

/** The diffusion process that a network learns to reverse. */
final class DiffusionArguments {
  @Option(
      names = "--schedule",
      paramLabel = "NAME",
      description = "Noise schedule, cosine or linear. Default: ${DEFAULT-VALUE}.")
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
          "What the network estimates: epsilon, start_x, v, previous_x or score. Default:"
              + " ${DEFAULT-VALUE}.")
  String predict = "epsilon";

  DiffusionArguments() {}

  /** The process for some images. */
  DiffusionConfig config(UsageCheck usage, ImageDataset data, List<String> classNames) {
    Parameterization parameterization = usage.valid(() -> Parameterization.named(predict));
    return usage.valid(
        () ->
            DiffusionConfig.defaults(data.height(), data.width(), classNames)
                .withSchedule(schedule, steps)
                .withParameterization(parameterization));
  }
}
