package ornstein.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.train.Annealing;
import ornstein.diffusion.train.NonFinitePolicy;
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
      names = "--microbatch",
      paramLabel = "N",
      description =
          "Images whose gradients are computed at once, a divisor of the batch: less memory, the"
              + " same mean. Default: the whole batch.")
  @Nullable Integer microbatch;

  @Option(
      names = "--recompute",
      description =
          "Compute activations again in the backward pass instead of keeping them: much less"
              + " memory, a third more time.")
  boolean recompute;

  @Option(
      names = "--anneal",
      paramLabel = "HOW",
      description =
          "How the rate falls to 0 until the end: linear, cosine or constant. Default: linear, or"
              + " constant if there is no end.")
  @Nullable String anneal;

  @Option(
      names = "--ema",
      paramLabel = "DECAY",
      split = ",",
      description =
          "Decays of the averaged weights, such as 0.999,0.9999; each grows to its value from 0.1."
              + " The first makes model.safetensors, others model-ema-DECAY.safetensors. Default:"
              + " 0.9999.")
  double[] ema = {0.9999};

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
      names = "--non-finite",
      paramLabel = "WHAT",
      description =
          "What to do when loss or gradient is NaN or infinite: stop, skip the step, or roll_back to"
              + " the last checkpoint. Default: stop.")
  NonFinitePolicy nonFinite = NonFinitePolicy.STOP;

  @Option(
      names = "--schedule-sampler",
      paramLabel = "NAME",
      description =
          "How steps are drawn: uniform, antithetic, stratified, low_discrepancy or"
              + " loss_second_moment. Default: ${DEFAULT-VALUE}.")
  String timesteps = "uniform";

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of weights, order, noise and samples. Default: ${DEFAULT-VALUE}.")
  long seed = 0;

  TrainingArguments() {}

  /** The optimisation until the given limits. */
  TrainingConfig config(
      UsageCheck usage,
      ObjectiveArguments objective,
      boolean learnsVariance,
      LimitArguments limits) {
    Objective minimised = objective.objective(usage, learnsVariance, timesteps);
    long steps = limits.steps(usage);
    Duration time = limits.time(usage);
    boolean endless = steps == 0 && time.isZero();
    Annealing fall =
        usage.valid(
            () -> Annealing.named(anneal != null ? anneal : endless ? "constant" : "linear"));
    usage.require(
        !endless || fall == Annealing.CONSTANT,
        "--anneal "
            + anneal
            + " needs an end to reach 0 at; give --steps or a time, or --anneal constant");
    return usage.valid(
        () ->
            TrainingConfig.builder()
                .batchSize(batch)
                .microbatch(microbatch == null ? batch : microbatch)
                .learningRate(rate, warmUp, fall)
                .weightDecay(weightDecay)
                .maxGradNorm(clipNorm)
                .emaDecays(ema)
                .objective(minimised)
                .nonFinite(nonFinite)
                .recompute(recompute)
                .seed(seed)
                .limits(steps, time)
                .build());
  }
}
