package ornstein.diffusion.train;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.engine.Shape;
import ornstein.nn.Parameter;
import ornstein.nn.StateDict;
import ornstein.nn.optim.Ema;
import ornstein.nn.optim.Optimizer;

/**
 * Everything that the next step of a training depends on: weights, averages, the optimiser's
 * moments, what a sampler of timesteps remembers, and how far the run is. Data and random numbers
 * are functions of the step and the seed, so the step is their cursor.
 */
final class TrainingState {
  static final String MODEL = "model.";
  static final String EMA = "ema.";
  private static final String OPTIMIZER = "optimizer.";
  private static final String TIMESTEPS = "timesteps.state";

  private final Optimizer optimizer;
  private final List<Ema> averages;
  private final TimestepSampler timesteps;
  private long step;
  private Duration elapsed = Duration.ZERO;

  TrainingState(Optimizer optimizer, List<Ema> averages, TimestepSampler timesteps) {
    this.optimizer = optimizer;
    this.averages = averages;
    this.timesteps = timesteps;
  }

  /** Steps done, those that went wrong included. */
  long step() {
    return step;
  }

  /** Time spent on them. */
  Duration elapsed() {
    return elapsed;
  }

  /** Counts time that was spent after the last step. */
  void spend(Duration now) {
    elapsed = now;
  }

  /** Counts a step. */
  void advance(Duration now) {
    step++;
    elapsed = now;
  }

  /** Counts that a checkpoint holds beside the step. */
  long optimizerSteps() {
    return optimizer.steps();
  }

  /** All arrays, by name: weights first. */
  StateDict tensors() {
    StateDict all = new StateDict();
    parameters()
        .forEach(
            (name, p) -> all.put(name, p.checkpointShape(), p.toCheckpoint(p.value().toArray())));
    float[] remembered = timesteps.state();
    if (remembered.length > 0) {
      all.put(TIMESTEPS, Shape.of(remembered.length), remembered);
    }
    return all;
  }

  private SequencedMap<String, Parameter> parameters() {
    SequencedMap<String, Parameter> all = new LinkedHashMap<>();
    optimizer.parameters().forEach((name, p) -> all.put(MODEL + name, p));
    for (Ema ema : averages) {
      ema.averages().forEach((name, p) -> all.put(EMA + ema.decay() + "." + name, p));
    }
    optimizer.state().forEach((name, p) -> all.put(OPTIMIZER + name, p));
    return all;
  }

  /** Takes everything over from a checkpoint. */
  void restore(TrainingCheckpoint saved) throws IOException {
    restoreTensors(saved);
    step = saved.step();
    elapsed = saved.elapsed();
  }

  /** Takes all but step and time over, which a run that went wrong keeps. */
  void restoreTensors(TrainingCheckpoint saved) throws IOException {
    float[] remembered = timesteps.state();
    saved.loadInto(parameters(), remembered.length > 0 ? TIMESTEPS : "", remembered);
    if (remembered.length > 0) {
      timesteps.restore(remembered);
    }
    long updates = saved.optimizerSteps();
    optimizer.resumeAt(updates);
    averages.forEach(ema -> ema.resumeAt(updates));
  }
}
