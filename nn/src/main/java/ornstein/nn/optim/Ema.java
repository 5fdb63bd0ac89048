package ornstein.nn.optim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.nn.Module;
import ornstein.nn.Parameter;
import ornstein.nn.StateDict;

/**
 * An exponential moving average of a network's weights, average ← d·average + (1−d)·weights, which
 * is what one samples with (Ho et al., 2020, appendix B). The decay warms up: update n, from 0,
 * uses min(decay, (1+n)/(10+n)), so that early averages are not mostly the random start. Not safe
 * for use by several threads at once.
 */
public final class Ema {
  private final double decay;
  private final SequencedMap<String, Parameter> weights;
  private final SequencedMap<String, Parameter> averages = new LinkedHashMap<>();
  private final Tensor weight = Tensor.zeros(1);
  private long updates;

  /**
   * Starts from the network's present weights.
   *
   * @param module the network to follow
   * @param decay limit of the decay, in [0, 1]; 0.9999 in improved DDPM
   * @throws IllegalArgumentException if the decay is out of range
   */
  public Ema(Module module, double decay) {
    if (!(decay >= 0 && decay <= 1)) {
      throw new IllegalArgumentException("EMA decay must be in [0, 1], got " + decay);
    }
    this.decay = decay;
    this.weights = module.namedParameters();
    weights.forEach((name, p) -> averages.put(name, p.copy()));
  }

  /** Moves the averages towards the network's present weights; call it after each step. */
  public void update() {
    begin();
    move();
  }

  /**
   * Moves the averages by the weight that {@link #begin} has set. A function of tensors alone, so
   * that it can be recorded.
   */
  public void move() {
    Kernels kernels = KernelsProvider.current();
    averages.forEach(
        (name, average) -> {
          Parameter p = weights.get(name);
          if (p != null) {
            kernels.lerp(weight(), p.value().buffer(), average.value().buffer());
          }
        });
  }

  /**
   * Counts an update and sets its weight, for an optimiser that moves the averages in the same pass
   * as the weights: {@link Optimizer#update}.
   */
  public void begin() {
    float[] next = {(float) (1.0 - decayAt(updates))};
    KernelsProvider.current().write(next, 0, weight(), 0, 1);
    updates++;
  }

  /** The weight of the present update, one element. */
  Buffer weight() {
    return weight.buffer();
  }

  /** Whether the averages are those of the given parameters. */
  boolean follows(SequencedMap<String, Parameter> parameters) {
    return parameters.equals(weights);
  }

  /**
   * The decay that an update uses.
   *
   * @param update number of the update, from 0
   * @return min(decay, (1 + update) / (10 + update))
   */
  public double decayAt(long update) {
    return Math.min(decay, (1.0 + update) / (10.0 + update));
  }

  /**
   * The limit of the decay.
   *
   * @return the decay
   */
  public double decay() {
    return decay;
  }

  /**
   * How many updates were made.
   *
   * @return the count
   */
  public long updates() {
    return updates;
  }

  /**
   * Sets how many updates were made, when the averages of an earlier run are restored.
   *
   * @param count the count, at least 0
   * @throws IllegalArgumentException if it is negative
   */
  public void resumeAt(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("number of updates must be at least 0, got " + count);
    }
    updates = count;
  }

  /**
   * The averages under the network's names. Loading a {@link StateDict} into this map restores
   * them.
   *
   * @return an unmodifiable view of the averages themselves
   */
  public SequencedMap<String, Parameter> averages() {
    return Collections.unmodifiableSequencedMap(averages);
  }

  /**
   * A copy of the averages, to build or load a network with.
   *
   * @return their state
   */
  public StateDict stateDict() {
    return StateDict.of(averages);
  }
}
