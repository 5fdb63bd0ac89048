package ornstein.nn.optim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.nn.Parameter;

/**
 * Adam (Kingma and Ba, 2015, algorithm 1), or with decoupled weight decay AdamW (Loshchilov and
 * Hutter, 2019, algorithm 2). The state has {@code m.<name>} and {@code v.<name>}, the running
 * means of the gradient and its square.
 */
public final class Adam implements Optimizer {
  /** What weight decay does. */
  private enum Decay {
    /** Adds weightDecay · p to the gradient, an L2 penalty. */
    PENALTY,
    /** Multiplies p by 1 − rate · weightDecay. */
    DECOUPLED
  }

  /**
   * The coefficients that stay the same during training.
   *
   * @param beta1 decay of the mean gradient, in [0, 1)
   * @param beta2 decay of the mean squared gradient, in [0, 1)
   * @param epsilon added to the root of the mean square, above 0
   * @param weightDecay weight decay, at least 0
   */
  public record Options(double beta1, double beta2, double epsilon, double weightDecay) {
    /** Adam's defaults in PyTorch: 0.9, 0.999, 1e-8, no weight decay. */
    public static final Options ADAM = new Options(0.9, 0.999, 1e-8, 0);

    /** AdamW's defaults in PyTorch: 0.9, 0.999, 1e-8, weight decay 0.01. */
    public static final Options ADAMW = new Options(0.9, 0.999, 1e-8, 0.01);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a coefficient is out of range
     */
    public Options {
      range("beta1", beta1, beta1 >= 0 && beta1 < 1, "in [0, 1)");
      range("beta2", beta2, beta2 >= 0 && beta2 < 1, "in [0, 1)");
      range("epsilon", epsilon, epsilon > 0, "above 0");
      range("weight decay", weightDecay, weightDecay >= 0, "at least 0");
    }

    private static void range(String name, double value, boolean valid, String wanted) {
      if (!valid || !Double.isFinite(value)) {
        throw new IllegalArgumentException(name + " must be " + wanted + ", got " + value);
      }
    }

    /**
     * The same with another weight decay.
     *
     * @param value weight decay, at least 0
     * @return the options
     * @throws IllegalArgumentException if it is negative
     */
    public Options withWeightDecay(double value) {
      return new Options(beta1, beta2, epsilon, value);
    }
  }

  private final SequencedMap<String, Parameter> parameters;
  private final SequencedMap<String, Parameter> firstMoments = new LinkedHashMap<>();
  private final SequencedMap<String, Parameter> secondMoments = new LinkedHashMap<>();
  private final Options options;
  private final Decay decay;
  private final Tensor hyper = Tensor.zeros(9);
  private long steps;

  private Adam(SequencedMap<String, Parameter> parameters, Options options, Decay decay) {
    this.parameters = new LinkedHashMap<>(parameters);
    this.options = options;
    this.decay = decay;
    parameters.forEach(
        (name, p) -> {
          firstMoments.put(name, p.zerosLike());
          secondMoments.put(name, p.zerosLike());
        });
  }

  /**
   * Adam; weight decay is an L2 penalty added to the gradient.
   *
   * @param parameters the parameters to train, by name
   * @param options the coefficients
   * @return the optimiser before its first step
   */
  public static Adam adam(SequencedMap<String, Parameter> parameters, Options options) {
    return new Adam(parameters, options, Decay.PENALTY);
  }

  /**
   * AdamW; weight decay shrinks the parameters, apart from the gradient.
   *
   * @param parameters the parameters to train, by name
   * @param options the coefficients
   * @return the optimiser before its first step
   */
  public static Adam adamW(SequencedMap<String, Parameter> parameters, Options options) {
    return new Adam(parameters, options, Decay.DECOUPLED);
  }

  @Override
  public void begin(double learningRate) {
    if (!(learningRate >= 0) || Double.isInfinite(learningRate)) {
      throw new IllegalArgumentException("learning rate must be at least 0, got " + learningRate);
    }
    steps++;
    float[] coefficients = coefficients(learningRate);
    KernelsProvider.current().write(coefficients, 0, hyper.buffer(), 0, coefficients.length);
  }

  @Override
  public void update(Gradients gradients, @Nullable Tensor gradientScale, @Nullable Ema average) {
    check(gradients, gradientScale);
    Map<String, Buffer> found = NamedGradients.of(parameters, gradients);
    if (average != null && !average.follows(parameters)) {
      throw new IllegalArgumentException("the average follows other parameters");
    }
    Kernels kernels = KernelsProvider.current();
    Buffer scale = (gradientScale == null ? Tensor.scalar(1f) : gradientScale).buffer();
    found.forEach(
        (name, gradient) ->
            kernels.adam(
                hyper.buffer(),
                scale,
                gradient,
                buffer(parameters, name),
                buffer(firstMoments, name),
                buffer(secondMoments, name),
                average == null ? null : average.weight(),
                average == null ? null : buffer(average.averages(), name)));
  }

  /** The nine values of {@link Kernels#adam}, computed in double precision and rounded once. */
  private float[] coefficients(double rate) {
    double correction1 = 1.0 - StrictMath.pow(options.beta1, (double) steps);
    double correction2 = 1.0 - StrictMath.pow(options.beta2, (double) steps);
    boolean decoupled = decay == Decay.DECOUPLED;
    return new float[] {
      (float) options.beta1,
      (float) (1.0 - options.beta1),
      (float) options.beta2,
      (float) (1.0 - options.beta2),
      (float) options.epsilon,
      (float) (rate / correction1),
      (float) (1.0 / Math.sqrt(correction2)),
      decoupled ? (float) (1.0 - rate * options.weightDecay) : 1f,
      decoupled ? 0f : (float) options.weightDecay
    };
  }

  private static Buffer buffer(SequencedMap<String, Parameter> map, String name) {
    Parameter p = map.get(name);
    if (p == null) {
      throw new IllegalStateException("no moment of '" + name + "'");
    }
    return p.value().buffer();
  }

  @Override
  public SequencedMap<String, Parameter> parameters() {
    return Collections.unmodifiableSequencedMap(parameters);
  }

  @Override
  public long steps() {
    return steps;
  }

  @Override
  public void resumeAt(long count) {
    if (count < 0) {
      throw new IllegalArgumentException("number of steps must be at least 0, got " + count);
    }
    steps = count;
  }

  @Override
  public SequencedMap<String, Parameter> state() {
    SequencedMap<String, Parameter> state = new LinkedHashMap<>();
    firstMoments.forEach((name, m) -> state.put("m." + name, m));
    secondMoments.forEach((name, v) -> state.put("v." + name, v));
    return state;
  }
}
