package ornstein.diffusion.train;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Builds a {@link TrainingConfig}; what is not set has the value of {@link TrainingConfig#builder}.
 */
public final class TrainingConfigBuilder {
  private int batchSize = 64;
  private int microbatch;
  private double learningRate = 1e-4;
  private long warmUpSteps = 500;
  private Annealing annealing = Annealing.CONSTANT;
  private double weightDecay;
  private double maxGradNorm = 1;
  private List<Double> emaDecays = List.of(0.9999);
  private Objective objective = Objective.SIMPLE;
  private NonFinitePolicy nonFinite = NonFinitePolicy.STOP;
  private boolean recompute;
  private long seed;
  private long maxSteps;
  private Duration timeLimit = Duration.ZERO;

  TrainingConfigBuilder() {}

  /**
   * Sets the images per step.
   *
   * @param images at least 1
   * @return this builder
   */
  public TrainingConfigBuilder batchSize(int images) {
    batchSize = images;
    return this;
  }

  /**
   * Sets the images whose gradients are computed at once.
   *
   * @param images a divisor of the batch size; 0 for the whole batch
   * @return this builder
   */
  public TrainingConfigBuilder microbatch(int images) {
    microbatch = images;
    return this;
  }

  /**
   * Sets the learning rate.
   *
   * @param rate the rate after the warm-up, in (0, 1)
   * @param warmUp steps of the warm-up, at least 0
   * @param fall how it falls from then to the limit
   * @return this builder
   */
  public TrainingConfigBuilder learningRate(double rate, long warmUp, Annealing fall) {
    learningRate = rate;
    warmUpSteps = warmUp;
    annealing = fall;
    return this;
  }

  /**
   * Sets AdamW's decay of the weights.
   *
   * @param decay in [0, 1)
   * @return this builder
   */
  public TrainingConfigBuilder weightDecay(double decay) {
    weightDecay = decay;
    return this;
  }

  /**
   * Sets the bound of the gradient's norm.
   *
   * @param norm above 0
   * @return this builder
   */
  public TrainingConfigBuilder maxGradNorm(double norm) {
    maxGradNorm = norm;
    return this;
  }

  /**
   * Sets the decays of the averaged weights.
   *
   * @param decays one at least, each in [0, 1); the first one's average makes the model
   * @return this builder
   */
  public TrainingConfigBuilder emaDecays(double... decays) {
    emaDecays = Arrays.stream(decays).boxed().toList();
    return this;
  }

  /**
   * Sets what is minimised.
   *
   * @param minimised the objective
   * @return this builder
   */
  public TrainingConfigBuilder objective(Objective minimised) {
    objective = minimised;
    return this;
  }

  /**
   * Sets what happens when a loss or gradient is no longer finite.
   *
   * @param policy what to do
   * @return this builder
   */
  public TrainingConfigBuilder nonFinite(NonFinitePolicy policy) {
    nonFinite = policy;
    return this;
  }

  /**
   * Sets whether activations are computed again in the backward pass, which takes less memory and a
   * third more time.
   *
   * @param again whether they are
   * @return this builder
   */
  public TrainingConfigBuilder recompute(boolean again) {
    recompute = again;
    return this;
  }

  /**
   * Sets the seed of all random numbers.
   *
   * @param number any number
   * @return this builder
   */
  public TrainingConfigBuilder seed(long number) {
    seed = number;
    return this;
  }

  /**
   * Sets the limits; the first one reached ends the run.
   *
   * @param steps step limit, 0 for none
   * @param time time limit, zero for none
   * @return this builder
   */
  public TrainingConfigBuilder limits(long steps, Duration time) {
    maxSteps = steps;
    timeLimit = time;
    return this;
  }

  /**
   * The configuration.
   *
   * @return a configuration of the values set
   * @throws IllegalArgumentException if a value is out of its range; the message names it
   */
  public TrainingConfig build() {
    return new TrainingConfig(
        batchSize,
        microbatch == 0 ? batchSize : microbatch,
        learningRate,
        warmUpSteps,
        annealing,
        weightDecay,
        maxGradNorm,
        emaDecays,
        objective,
        nonFinite,
        recompute,
        seed,
        maxSteps,
        timeLimit);
  }
}
