package ornstein.diffusion.train;

import java.time.Duration;

/**
 * How to train. Immutable; start from {@link #defaults} and change what differs.
 *
 * @param batchSize images per step, at least 1
 * @param learningRate AdamW's rate after the warm-up, above 0
 * @param warmUpSteps steps over which the rate grows linearly, at least 0
 * @param anneal whether the rate falls linearly to 0 until a limit is reached; needs one
 * @param weightDecay decoupled weight decay, at least 0
 * @param maxGradNorm bound of the gradient's global norm, above 0
 * @param emaDecay decay of the averaged weights, in [0, 1)
 * @param objective what is minimised
 * @param seed seed of the initial weights, the order of images, the noise and the dropout
 * @param maxSteps step limit, 0 for none
 * @param timeLimit time limit, zero for none; where it ends a run, the result depends on the
 *     machine's speed
 */
public record TrainingConfig(
    int batchSize,
    double learningRate,
    long warmUpSteps,
    boolean anneal,
    double weightDecay,
    double maxGradNorm,
    double emaDecay,
    Objective objective,
    long seed,
    long maxSteps,
    Duration timeLimit) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a value is out of its range; the message names it
   */
  public TrainingConfig {
    require(batchSize >= 1, "batch size", batchSize, "at least 1");
    require(learningRate > 0 && learningRate < 1, "learning rate", learningRate, "in (0, 1)");
    require(warmUpSteps >= 0, "warm-up steps", warmUpSteps, "at least 0");
    require(weightDecay >= 0 && weightDecay < 1, "weight decay", weightDecay, "in [0, 1)");
    require(maxGradNorm > 0, "gradient norm bound", maxGradNorm, "above 0");
    require(emaDecay >= 0 && emaDecay < 1, "EMA decay", emaDecay, "in [0, 1)");
    require(maxSteps >= 0, "step limit", maxSteps, "at least 0 (0 for none)");
    require(!timeLimit.isNegative(), "time limit", timeLimit, "not negative (zero for none)");
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
   * @return the defaults
   */
  public static TrainingConfig defaults() {
    return new TrainingConfig(
        64, 1e-4, 500, false, 0, 1, 0.9999, Objective.SIMPLE, 0, 0, Duration.ZERO);
  }

  /**
   * The same with another optimisation.
   *
   * @param batch images per step
   * @param rate learning rate after the warm-up
   * @param warmUp steps of the warm-up
   * @param annealed whether the rate falls to 0 until the limit
   * @return the changed configuration
   */
  public TrainingConfig withRate(int batch, double rate, long warmUp, boolean annealed) {
    return new TrainingConfig(
        batch,
        rate,
        warmUp,
        annealed,
        weightDecay,
        maxGradNorm,
        emaDecay,
        objective,
        seed,
        maxSteps,
        timeLimit);
  }

  /**
   * The same with another average.
   *
   * @param decay decay of the averaged weights
   * @return the changed configuration
   */
  public TrainingConfig withEmaDecay(double decay) {
    return new TrainingConfig(
        batchSize,
        learningRate,
        warmUpSteps,
        anneal,
        weightDecay,
        maxGradNorm,
        decay,
        objective,
        seed,
        maxSteps,
        timeLimit);
  }

  /**
   * The same with another seed.
   *
   * @param other any number
   * @return the changed configuration
   */
  public TrainingConfig withSeed(long other) {
    return new TrainingConfig(
        batchSize,
        learningRate,
        warmUpSteps,
        anneal,
        weightDecay,
        maxGradNorm,
        emaDecay,
        objective,
        other,
        maxSteps,
        timeLimit);
  }

  /**
   * The same with other limits; the first one reached ends the run.
   *
   * @param steps step limit, 0 for none
   * @param time time limit, zero for none
   * @return the changed configuration
   */
  public TrainingConfig withLimits(long steps, Duration time) {
    return new TrainingConfig(
        batchSize,
        learningRate,
        warmUpSteps,
        anneal,
        weightDecay,
        maxGradNorm,
        emaDecay,
        objective,
        seed,
        steps,
        time);
  }

  /**
   * The same with another objective.
   *
   * @param other what is minimised
   * @return the changed configuration
   */
  public TrainingConfig withObjective(Objective other) {
    return new TrainingConfig(
        batchSize,
        learningRate,
        warmUpSteps,
        anneal,
        weightDecay,
        maxGradNorm,
        emaDecay,
        other,
        seed,
        maxSteps,
        timeLimit);
  }
}
