package ornstein.cli;

import org.jspecify.annotations.Nullable;
import ornstein.diffusion.train.Objective;
import picocli.CommandLine.Option;

/** What the training of a diffusion model minimises. */
final class ObjectiveArguments {
  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description =
          "What is minimised: simple, min_snr or p2; with a learned variance hybrid,"
              + " unscaled_hybrid, kl or vlb. Default: simple, or hybrid.")
  @Nullable String loss;

  @Option(
      names = "--label-dropout",
      paramLabel = "P",
      description =
          "Part of the images shown without their class, so that samples can be guided (0.1)."
              + " Default: ${DEFAULT-VALUE}.")
  double labelDropout = 0;

  ObjectiveArguments() {}

  /** The objective, at steps drawn by the named sampler. */
  Objective objective(UsageCheck usage, boolean learnsVariance, String timesteps) {
    String named = loss != null ? loss : learnsVariance ? "hybrid" : "simple";
    return usage.valid(() -> new Objective(named, timesteps, labelDropout));
  }
}
