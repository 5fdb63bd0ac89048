package ornstein.diffusion.train;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * How a network is trained: by AdamW, with a warm-up, clipped gradients and averaged weights.
 *
 * @param batchSize images per step, at least 1
 * @param microbatch images whose gradients are computed at once, a divisor of the batch size; the
 *     gradients of a batch are the mean of those of its microbatches
 * @param learningRate learning rate after the warm-up, in (0, 1)
 * @param warmUpSteps steps over which the rate grows from 0, at least 0
 * @param annealing how the rate falls from then to the limit
 * @param weightDecay decoupled weight decay, in [0, 1)
 * @param maxGradNorm bound of the gradient's norm, above 0
 * @param emaDecays decays of the averaged weights, at least one, all different, each in [0, 1); the
 *     first is the one whose average makes the model
 * @param objective what is minimised
 * @param nonFinite what happens when a loss or gradient is no longer finite
 * @param recompute whether activations are computed again in the backward pass instead of kept
 *     (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost"); the same bits
 * @param seed seed of all random numbers
 * @param maxSteps step limit, at least 0; 0 for none
 * @param timeLimit time limit, not negative; zero for none
 */
public record TrainingConfig(
    int batchSize,
    int microbatch,
    double learningRate,
    long warmUpSteps,
    Annealing annealing,
    double weightDecay,
    double maxGradNorm,
    List<Double> emaDecays,
    Objective objective,
    NonFinitePolicy nonFinite,
    boolean recompute,
    long seed,
    long maxSteps,
    Duration timeLimit) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range; the message names it
   */
  public TrainingConfig {
    emaDecays = List.copyOf(emaDecays);
    require(batchSize >= 1, "batch size", batchSize, "at least 1");
    require(
        microbatch >= 1 && batchSize % microbatch == 0,
        "microbatch",
        microbatch,
        "a divisor of the batch size " + batchSize);
    require(learningRate > 0 && learningRate < 1, "learning rate", learningRate, "in (0, 1)");
    require(warmUpSteps >= 0, "warm-up steps", warmUpSteps, "at least 0");
    require(weightDecay >= 0 && weightDecay < 1, "weight decay", weightDecay, "in [0, 1)");
    require(maxGradNorm > 0, "gradient norm bound", maxGradNorm, "above 0");
    require(!emaDecays.isEmpty(), "EMA decays", "none", "one at least");
    for (double decay : emaDecays) {
      require(decay >= 0 && decay < 1, "EMA decay", decay, "in [0, 1)");
    }
    require(
        emaDecays.stream().distinct().count() == emaDecays.size(),
        "EMA decays",
        emaDecays,
        "different");
    require(maxSteps >= 0, "step limit", maxSteps, "at least 0 (0 for none)");
    require(!timeLimit.isNegative(), "time limit", timeLimit, "not negative (zero for none)");
    if (annealing != Annealing.CONSTANT && maxSteps == 0 && timeLimit.isZero()) {
      throw new IllegalArgumentException(
          "annealing the learning rate needs a step limit or a time limit at which it reaches 0");
    }
  }

  private static void require(boolean valid, String name, Object value, String wanted) {
    if (!valid) {
      throw new IllegalArgumentException(name + " must be " + wanted + ", got " + value);
    }
  }

  /**
   * Improved DDPM's settings where it has one: rate 10<sup>−4</sup>, no weight decay, EMA 0.9999;
   * with a warm-up of 500 steps and clipping at 1, batches of 64, no limit.
   *
   * @return a builder with these values
   */
  public static TrainingConfigBuilder builder() {
    return new TrainingConfigBuilder();
  }

  /**
   * The settings that decide which weights come out, as texts for a checkpoint: all but the limits,
   * on which a run may be prolonged, and what to do when it goes wrong.
   *
   * @return keys that start with {@code training.} and their values
   */
  public SequencedMap<String, String> toMetadata() {
    SequencedMap<String, String> m = new LinkedHashMap<>();
    m.put("training.batch_size", Integer.toString(batchSize));
    m.put("training.microbatch", Integer.toString(microbatch));
    m.put("training.learning_rate", Double.toString(learningRate));
    m.put("training.warm_up_steps", Long.toString(warmUpSteps));
    m.put("training.annealing", annealing.configurationName());
    m.put("training.weight_decay", Double.toString(weightDecay));
    m.put("training.max_grad_norm", Double.toString(maxGradNorm));
    m.put(
        "training.ema_decays",
        emaDecays.stream().map(String::valueOf).collect(Collectors.joining(",")));
    m.put("training.loss", objective.loss());
    m.put("training.timesteps", objective.timesteps());
    m.put("training.label_dropout", Double.toString(objective.labelDropout()));
    m.put("training.seed", Long.toString(seed));
    return m;
  }
}
