package ornstein.diffusion.train;

import java.time.Duration;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.loss.Loss;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.nn.Module;
import ornstein.nn.Parameter;
import ornstein.nn.optim.Adam;
import ornstein.nn.optim.ClipGradNorm;
import ornstein.nn.optim.Ema;
import ornstein.nn.optim.LearningRateSchedule;
import ornstein.nn.optim.Optimizer;

/**
 * Trains any network by AdamW (Ho et al., 2020, algorithm 1), with clipped gradients, a linear
 * warm-up and averaged weights. Every random number is a function of the seed and the step, so that
 * the same configuration and step limit give the same bits on any number of threads and at any
 * vector width.
 */
public final class TrainingLoop {
  private static final long STEPS = 2;

  private final TrainingConfig config;
  private final ReverseProcess process;
  private final Loss loss;
  private final TimestepSampler timesteps;
  private final Batches batches;
  private final Optimizer optimizer;
  private final ClipGradNorm clip;
  private final Ema ema;
  private final LearningRateSchedule rate;
  private final Rng rng;
  private final float[] samples;
  private final float[] labels;
  private @Nullable TrainingStep recorded;
  private volatile boolean stopped;

  /**
   * Prepares a run.
   *
   * @param model the network, whose weights are trained
   * @param process the network as a reverse process
   * @param loss the objective
   * @param timesteps draws the steps that it is evaluated at
   * @param batches what it is trained on, of the configuration's batch size
   * @param config how to train
   * @throws IllegalArgumentException if the batches have another size, or the rate is to be
   *     annealed towards a limit that is not set
   */
  public TrainingLoop(
      Module model,
      ReverseProcess process,
      Loss loss,
      TimestepSampler timesteps,
      Batches batches,
      TrainingConfig config) {
    Shape shape = batches.shape();
    if (shape.dim(0) != config.batchSize()) {
      throw new IllegalArgumentException(
          "batches of " + shape.dim(0) + " for a batch size of " + config.batchSize());
    }
    if (config.anneal() && config.maxSteps() == 0 && config.timeLimit().isZero()) {
      throw new IllegalArgumentException(
          "annealing the learning rate needs a step limit or a time limit at which it reaches 0");
    }
    this.config = config;
    this.process = process;
    this.loss = loss;
    this.timesteps = timesteps;
    this.batches = batches;
    this.rng = Rng.of(config.seed());
    SequencedMap<String, Parameter> parameters = model.namedParameters();
    this.optimizer =
        Adam.adamW(parameters, Adam.Options.ADAMW.withWeightDecay(config.weightDecay()));
    this.clip = new ClipGradNorm(config.maxGradNorm());
    this.ema = new Ema(model, config.emaDecay());
    this.rate = LearningRateSchedule.constant(config.learningRate()).warmUp(config.warmUpSteps());
    this.samples = new float[shape.size()];
    this.labels = new float[batches.labelled() ? shape.dim(0) : 0];
  }

  /**
   * Asks a run to end after the step at work, or the next one before its first step if none is at
   * work; may be called from any thread.
   */
  public void stop() {
    stopped = true;
  }

  /**
   * Trains until a limit is reached or {@link #stop} is called. A later call goes on from there; a
   * time limit counts for each call anew.
   *
   * @param listener follows the run
   * @throws TrainingException if the loss or a gradient is no longer finite; the weights are then
   *     those of the step before
   */
  public void run(TrainingListener listener) {
    try {
      runUntilStopped(listener);
    } finally {
      // Not at the start: that would lose a stop asked for just before.
      stopped = false;
    }
  }

  private void runUntilStopped(TrainingListener listener) {
    long start = System.nanoTime();
    long first = optimizer.steps();
    while (!stopped) {
      long step = optimizer.steps();
      double done = fraction(step, System.nanoTime() - start);
      if (done >= 1) {
        break;
      }
      double learningRate = rate.at(step) * (config.anneal() ? 1 - done : 1);
      StepResult result = step(step, learningRate);
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      listener.onStep(
          new TrainingProgress(
              step + 1,
              result.loss(),
              learningRate,
              result.gradNorm(),
              (step + 1 - first) * config.batchSize(),
              elapsed,
              Math.min(1, fraction(step + 1, elapsed.toNanos()))));
    }
  }

  private double fraction(long step, long nanos) {
    double bySteps = config.maxSteps() == 0 ? 0 : (double) step / config.maxSteps();
    double byTime = config.timeLimit().isZero() ? 0 : (double) nanos / config.timeLimit().toNanos();
    return Math.max(bySteps, byTime);
  }

  private record StepResult(double loss, double gradNorm) {}

  private StepResult step(long step, double learningRate) {
    TrainingStep recorded = recorded();
    batches.fill(step, samples, labels);
    recorded.draw(timesteps, rng.split(STEPS).split(step));
    recorded.gradients(samples, labels.length == 0 ? null : labels);
    float mean = recorded.loss();
    requireFinite("loss", mean, step, learningRate);
    float norm = recorded.gradNorm();
    requireFinite("gradient's norm", norm, step, learningRate);
    recorded.update(timesteps);
    optimizer.begin(learningRate);
    ema.begin();
    recorded.update();
    return new StepResult(mean, norm);
  }

  private TrainingStep recorded() {
    if (recorded == null) {
      recorded =
          TrainingStep.record(
              batches.shape(), batches.labelled(), process, loss, optimizer, clip, ema);
    }
    return recorded;
  }

  /** Checked before the weights change, so that the averages stay usable. */
  private static void requireFinite(String what, float value, long step, double learningRate) {
    if (!Float.isFinite(value)) {
      throw new TrainingException(
          "the "
              + what
              + " is "
              + value
              + " at step "
              + (step + 1)
              + "; lower the learning rate ("
              + learningRate
              + ") or train with a longer warm-up");
    }
  }

  /**
   * Steps done so far.
   *
   * @return the count
   */
  public long steps() {
    return optimizer.steps();
  }

  /**
   * The averaged weights.
   *
   * @return the average, which goes on with the training
   */
  public Ema ema() {
    return ema;
  }
}
