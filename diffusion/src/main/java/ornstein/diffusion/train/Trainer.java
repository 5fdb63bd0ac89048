package ornstein.diffusion.train;

import java.time.Duration;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.BatchSampler;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.loss.Loss;
import ornstein.diffusion.loss.SimpleLoss;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.nn.Parameter;
import ornstein.nn.optim.Adam;
import ornstein.nn.optim.ClipGradNorm;
import ornstein.nn.optim.Ema;
import ornstein.nn.optim.LearningRateSchedule;
import ornstein.nn.optim.Optimizer;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/**
 * Trains a U-Net with L<sub>simple</sub> by AdamW (Ho et al., 2020, algorithm 1), with clipped
 * gradients, a linear warm-up and averaged weights. Every random number is a function of the seed
 * and the step, so that the same configuration and step limit give the same bits on any number of
 * threads and at any vector width.
 */
public final class Trainer {
  private static final long WEIGHTS = 1;
  private static final long STEPS = 2;

  private final DiffusionConfig diffusion;
  private final ImageDataset data;
  private final TrainingConfig config;
  private final UNet model;
  private final ReverseProcess process;
  private final Loss loss = new SimpleLoss();
  private final TimestepSampler timesteps;
  private final SequencedMap<String, Parameter> parameters;
  private final Optimizer optimizer;
  private final ClipGradNorm clip;
  private final Ema ema;
  private final BatchSampler batches;
  private final LearningRateSchedule rate;
  private final Rng rng;
  private final int[] batch;
  private final float[] pixels;
  private final float[] classes;
  private @Nullable TrainingStep recorded;
  private volatile boolean stopped;

  /**
   * Prepares a run with fresh weights.
   *
   * @param network the network's configuration
   * @param diffusion what it learns
   * @param data the images
   * @param config how to train
   * @throws IllegalArgumentException if the data does not fit the network (size, channels,
   *     classes), or the rate is to be annealed towards a limit that is not set
   */
  public Trainer(
      UNetConfig network, DiffusionConfig diffusion, ImageDataset data, TrainingConfig config) {
    requireFit(network, data);
    if (config.anneal() && config.maxSteps() == 0 && config.timeLimit().isZero()) {
      throw new IllegalArgumentException(
          "annealing the learning rate needs a step limit or a time limit at which it reaches 0");
    }
    this.diffusion = diffusion;
    this.data = data;
    this.config = config;
    this.rng = Rng.of(config.seed());
    this.model = new UNet(network, rng.split(WEIGHTS));
    this.process = diffusion.process(model::forward);
    this.timesteps = TimestepSampler.uniform(diffusion.steps());
    this.parameters = model.namedParameters();
    this.optimizer =
        Adam.adamW(parameters, Adam.Options.ADAMW.withWeightDecay(config.weightDecay()));
    this.clip = new ClipGradNorm(config.maxGradNorm());
    this.ema = new Ema(model, config.emaDecay());
    this.batches = new BatchSampler(data.size(), config.batchSize(), config.seed());
    this.batch = new int[config.batchSize()];
    this.pixels = new float[Math.multiplyExact(config.batchSize(), data.imageSize())];
    this.classes = new float[network.numClasses() == 0 ? 0 : config.batchSize()];
    this.rate = LearningRateSchedule.constant(config.learningRate()).warmUp(config.warmUpSteps());
  }

  private static void requireFit(UNetConfig network, ImageDataset data) {
    network.requireSize(data.height(), data.width());
    if (network.inChannels() != data.channels()) {
      throw new IllegalArgumentException(
          "the network takes "
              + network.inChannels()
              + " channels, the images have "
              + data.channels());
    }
    if (network.numClasses() > 0 && data.classes() > network.numClasses()) {
      throw new IllegalArgumentException(
          "the network has " + network.numClasses() + " classes, the data " + data.classes());
    }
    if (network.numClasses() > 0 && data.classes() == 0) {
      throw new IllegalArgumentException("the network has classes, but the images carry no labels");
    }
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
    batches.batch(step, batch);
    data.images(batch, pixels);
    for (int i = 0; i < classes.length; i++) {
      classes[i] = data.label(batch[i]);
    }
    recorded.draw(timesteps, rng.split(STEPS).split(step));
    recorded.gradients(pixels, classes.length == 0 ? null : classes);
    float mean = recorded.loss();
    requireFinite("loss", mean, step, learningRate);
    float norm = recorded.gradNorm();
    requireFinite("gradient's norm", norm, step, learningRate);
    optimizer.begin(learningRate);
    ema.begin();
    recorded.update();
    return new StepResult(mean, norm);
  }

  private TrainingStep recorded() {
    if (recorded == null) {
      Shape images = Shape.of(config.batchSize(), data.height(), data.width(), data.channels());
      boolean labelled = model.config().numClasses() > 0;
      recorded = TrainingStep.record(images, labelled, process, loss, optimizer, clip, ema);
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
   * The model with the averaged weights as they are now; later steps do not change it.
   *
   * @return a pipeline of its own copy of the weights
   */
  public Pipeline pipeline() {
    return Pipeline.of(UNet.of(model.config(), ema.stateDict()), diffusion);
  }
}
