package ornstein.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a training run is kept in its folder. */
final class RunArguments {
  private static final int USUAL_VALIDATION = 500;

  @Option(
      names = "--resume",
      description =
          "Go on with the run in --out where it stopped or was killed, as if it had not been: with"
              + " its own settings, of which only its length and these options can be changed.")
  boolean resume;

  @Option(
      names = "--save-every",
      paramLabel = "WHEN",
      converter = SaveInterval.Converter.class,
      description =
          "Write a checkpoint after so many steps (500) or so much time (90s, 10m, 2h). Default:"
              + " 10m.")
  SaveInterval saveEvery = new SaveInterval.Converter().convert("10m");

  @Option(
      names = "--keep",
      paramLabel = "N",
      description =
          "Keep the last N checkpoints, and the one of the least validation loss. Default:"
              + " ${DEFAULT-VALUE}.")
  int keep = 2;

  @Option(
      names = "--log-every",
      paramLabel = "N",
      description = "Write a line of metrics.csv for so many steps. Default: ${DEFAULT-VALUE}.")
  int logEvery = 10;

  @Option(
      names = "--validate-every",
      paramLabel = "N",
      description =
          "Measure the loss on the images held back by --validation after so many steps, a multiple"
              + " of --log-every. Default: the first one from 500 on.")
  @Nullable Integer validateEvery;

  RunArguments() {}

  /** Checks the values. */
  RunArguments checked(UsageCheck usage) {
    usage.require(keep >= 1, "--keep must be at least 1, got " + keep);
    usage.require(logEvery >= 1, "--log-every must be at least 1, got " + logEvery);
    usage.require(
        validateEvery == null || (validateEvery >= 1 && validateEvery % logEvery == 0),
        "--validate-every must be a multiple of --log-every "
            + logEvery
            + ", for its figures stand in the same lines; got "
            + validateEvery);
    return this;
  }

  /** Steps between measurements of the validation loss. */
  int stepsToValidate() {
    return validateEvery == null
        ? Math.ceilDiv(USUAL_VALIDATION, logEvery) * logEvery
        : validateEvery;
  }
}
