package ornstein.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.train.Objective;
import ornstein.diffusion.train.TrainingConfig;
import picocli.CommandLine.Option;

/** The optimisation. */
final class TrainingArguments {
  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images in a step. Default: ${DEFAULT-VALUE}.")
  int batch = 64;

  @Option(
      names = "--lr",
      paramLabel = "RATE",
      description = "AdamW's learning rate after the warm-up. Default: ${DEFAULT-VALUE}.")
  double rate = 1e-3;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "Steps over which the rate grows from 0. Default: ${DEFAULT-VALUE}.")
  long warmUp = 100;

  @Option(
      names = "--anneal",
      negatable = true,
      description = "Let the rate fall to 0 until the end. Default: if there is an end.")
  @Nullable Boolean anneal;

  @Option(
      names = "--ema",
      paramLabel = "DECAY",
      description =
          "Decay of the averaged weights, which are what is saved; it grows to this value from"
              + " 0.1. Default: ${DEFAULT-VALUE}.")
  double ema = 0.9999;

  @Option(
      names = "--weight-decay",
      paramLabel = "W",
      description = "Decoupled weight decay. Default: ${DEFAULT-VALUE}.")
  double weightDecay = 0;

  @Option(
      names = "--clip-norm",
      paramLabel = "G",
      description = "Bound of the gradient's norm. Default: ${DEFAULT-VALUE}.")
  double clipNorm = 1;

  @Option(
      names = "--loss",
      paramLabel = "NAME",
      description =
          "What is minimised: simple, min_snr or p2; with a learned variance hybrid,"
              + " unscaled_hybrid, kl or vlb. Default: simple, or hybrid.")
  @Nullable String loss;

  @Option(
      names = "--schedule-sampler",
      paramLabel = "NAME",
      description =
          "How steps are drawn: uniform, antithetic, stratified, low_discrepancy or"
              + " loss_second_moment. Default: ${DEFAULT-VALUE}.")
  String timesteps = "uniform";

  @Option(
      names = "--label-dropout",
      paramLabel = "P",
      description =
          "Part of the images shown without their class, so that samples can be guided (0.1)."
              + " Default: ${DEFAULT-VALUE}.")
  double labelDropout = 0;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of weights, order, noise and samples. Default: ${DEFAULT-VALUE}.")
  long seed = 0;

  TrainingArguments() {}

  /** The optimisation until the given limits. */
  TrainingConfig config(UsageCheck usage, boolean learnsVariance, long steps, Duration time) {
    boolean endless = steps == 0 && time.isZero();
    usage.require(
        !endless || anneal == null || !anneal,
        "--anneal needs an end to reach 0 at; give --steps or a time, or --no-anneal");
    String named = loss != null ? loss : learnsVariance ? "hybrid" : "simple";
    return usage.valid(
        () ->
            new TrainingConfig(
                batch,
                rate,
                warmUp,
                anneal != null ? anneal : !endless,
                weightDecay,
                clipNorm,
                ema,
                new Objective(named, timesteps, labelDropout),
                seed,
                steps,
                time));
  }
}
