package ornstein.diffusion.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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
import ornstein.nn.optim.Ema;
import ornstein.nn.optim.LearningRateSchedule;
import ornstein.nn.optim.Optimizer;

/**
 * Trains any network by AdamW (Ho et al., 2020, algorithm 1), with clipped gradients, a linear
 * warm-up and averaged weights. Every random number is a function of the seed and the step, so that
 * the same configuration and step limit give the same bits on any number of threads and at any
 * vector width, and whether a run was interrupted and {@linkplain #restore restored} or not.
 */
public final class TrainingLoop {
  private static final long STEPS = 2;

  /** Steps in a row that may go wrong, and returns to a checkpoint without a new one in between. */
  private static final int MOST_BAD_STEPS = 20;

  private final TrainingConfig config;
  private final ReverseProcess process;
  private final Loss loss;
  private final TimestepSampler timesteps;
  private final Batches batches;
  private final Optimizer optimizer;
  private final List<Ema> averages;
  private final LearningRateSchedule rate;
  private final Rng rng;
  private final float[] samples;
  private final float[] labels;
  private final TrainingState state;
  private @Nullable TrainingStep recorded;
  private @Nullable Path checkpoint;
  private int badSteps;
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
   * @throws IllegalArgumentException if the batches have another size
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
    this.config = config;
    this.process = process;
    this.loss = loss;
    this.timesteps = timesteps;
    this.batches = batches;
    this.rng = Rng.of(config.seed());
    SequencedMap<String, Parameter> parameters = model.namedParameters();
    this.optimizer =
        Adam.adamW(parameters, Adam.Options.ADAMW.withWeightDecay(config.weightDecay()));
    this.averages = config.emaDecays().stream().map(decay -> new Ema(model, decay)).toList();
    this.rate = LearningRateSchedule.constant(config.learningRate()).warmUp(config.warmUpSteps());
    this.samples = new float[shape.size()];
    this.labels = new float[batches.labelled() ? shape.dim(0) : 0];
    this.state = new TrainingState(optimizer, averages, timesteps);
  }

  /**
   * Asks a run to end after the step at work, or the next one before its first step if none is at
   * work; may be called from any thread.
   */
  public void stop() {
    stopped = true;
  }

  /**
   * Trains until a limit is reached or {@link #stop} is called. A later call goes on from there;
   * the time of all calls together counts towards a time limit.
   *
   * @param listener follows the run
   * @throws TrainingException if the loss or a gradient is no longer finite and the configuration
   *     does not say to go on; the weights are then those of the step before
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
    long start = System.nanoTime() - state.elapsed().toNanos();
    long first = state.step();
    Duration before = state.elapsed();
    while (!stopped) {
      long step = state.step();
      long now = System.nanoTime() - start;
      double done = fraction(step, now);
      if (done >= 1) {
        state.spend(Duration.ofNanos(now)); // or a resumed run would find some time left
        break;
      }
      double learningRate = rate.at(step) * config.annealing().factor(done);
      StepResult result = step(step, learningRate, listener);
      Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
      state.advance(elapsed);
      if (result == null) {
        continue;
      }
      listener.onStep(
          new TrainingProgress(
              step + 1,
              result.loss(),
              result.quartiles(),
              learningRate,
              result.gradNorm(),
              (step + 1 - first) * config.batchSize(),
              elapsed,
              elapsed.minus(before),
              Math.min(1, fraction(step + 1, elapsed.toNanos()))));
    }
  }

  private double fraction(long step, long nanos) {
    double bySteps = config.maxSteps() == 0 ? 0 : (double) step / config.maxSteps();
    double byTime = config.timeLimit().isZero() ? 0 : (double) nanos / config.timeLimit().toNanos();
    return Math.max(bySteps, byTime);
  }

  private record StepResult(double loss, LossQuartiles quartiles, double gradNorm) {}

  /** A step's figures, or null if it went wrong and changed nothing. */
  private @Nullable StepResult step(long step, double learningRate, TrainingListener listener) {
    TrainingStep recorded = recorded();
    batches.fill(step, samples, labels);
    recorded.draw(timesteps, rng.split(STEPS).split(step));
    recorded.gradients(samples, labels);
    float mean = recorded.loss();
    float norm = recorded.gradNorm();
    // Checked before the weights change, so that the averages stay usable.
    if (!Float.isFinite(mean) || !Float.isFinite(norm)) {
      String what = Float.isFinite(mean) ? "gradient's norm is " + norm : "loss is " + mean;
      goesWrong(step, what, listener);
      return null;
    }
    badSteps = 0;
    LossQuartiles quartiles = recorded.update(timesteps, process.diffusion().steps());
    optimizer.begin(learningRate);
    averages.forEach(Ema::begin);
    recorded.update();
    return new StepResult(mean, quartiles, norm);
  }

  private void goesWrong(long step, String what, TrainingListener listener) {
    String found =
        "the "
            + what
            + " at step "
            + (step + 1)
            + " ("
            + recorded().diagnosis(samples, labels)
            + ")";
    badSteps++;
    String remedy = "; lower the learning rate (" + config.learningRate() + ")";
    if (config.nonFinite() == NonFinitePolicy.STOP) {
      throw new TrainingException(
          found + remedy + ", train with a longer warm-up, or skip such steps");
    }
    if (badSteps > MOST_BAD_STEPS) {
      throw new TrainingException(
          found + ", after " + MOST_BAD_STEPS + " others that were no better" + remedy);
    }
    if (config.nonFinite() == NonFinitePolicy.SKIP) {
      listener.onBadStep(step + 1, found + "; skipped");
      return;
    }
    Path good = checkpoint;
    if (good == null) {
      throw new TrainingException(found + ", before the first checkpoint to go back to" + remedy);
    }
    try (TrainingCheckpoint saved = TrainingCheckpoint.open(good)) {
      long from = saved.step();
      state.restoreTensors(saved);
      listener.onBadStep(
          step + 1, found + "; weights go back to those of step " + from + ", batches go on");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TrainingStep recorded() {
    if (recorded == null) {
      recorded = new TrainingStep(batches, config, process, loss, optimizer, averages);
    }
    return recorded;
  }

  /**
   * Writes everything that the run needs to go on as if it had not ended.
   *
   * @param file the file to create or replace; on failure an old one stays as it was
   * @param notes further texts, under keys that do not start with {@code training.}
   * @throws IOException if it cannot be written
   */
  public void save(Path file, Map<String, String> notes) throws IOException {
    TrainingCheckpoint.write(file, state, config, batches.fingerprint(), notes);
    checkpoint = file;
  }

  /**
   * Goes on from a checkpoint: the steps to come have the bits that they would have had in the run
   * that wrote it.
   *
   * @param saved an open checkpoint of a run with the same network, configuration and data
   * @throws IllegalArgumentException if the configuration or data is another; the message names
   *     what differs. Nothing has changed then
   * @throws IOException if it cannot be read, or is damaged
   */
  public void restore(TrainingCheckpoint saved) throws IOException {
    saved.requireSame(config.toMetadata());
    saved.requireSameData(batches.fingerprint());
    state.restore(saved);
    checkpoint = saved.file();
  }

  /**
   * Steps done so far.
   *
   * @return the count
   */
  public long steps() {
    return state.step();
  }

  /**
   * The averaged weights, one average for each decay of the configuration.
   *
   * @return the averages, which go on with the training
   */
  public List<Ema> averages() {
    return averages;
  }

  /**
   * The average that makes the model.
   *
   * @return the first average
   */
  public Ema ema() {
    return averages.getFirst();
  }
}
