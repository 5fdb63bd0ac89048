package ornstein.nn.layer;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/**
 * x · weightᵀ + bias, with parameters {@code weight} [out, in] and, unless it has none, {@code
 * bias} [out].
 */
public final class Linear extends Module {
  private final Parameter weight;
  private final @Nullable Parameter bias;

  /**
   * Creates the layer.
   *
   * @param in input features, at least 1
   * @param out output features, at least 1
   * @param initial initial values
   */
  public Linear(int in, int out, Initializer initial) {
    this(in, out, true, initial);
  }

  private Linear(int in, int out, boolean biased, Initializer initial) {
    weight = register("weight", new Parameter(initial.fanIn(Shape.of(out, in), in)));
    bias = biased ? register("bias", new Parameter(initial.fanIn(Shape.of(out), in))) : null;
  }

  /**
   * A layer without a bias.
   *
   * @param in input features, at least 1
   * @param out output features, at least 1
   * @param initial initial values
   * @return the layer
   */
  public static Linear withoutBias(int in, int out, Initializer initial) {
    return new Linear(in, out, false, initial);
  }

  /**
   * Applies the layer.
   *
   * @param x [..., in]
   * @return [..., out]
   * @throws ornstein.engine.ShapeException if the last extent is not {@code in}
   */
  public Tensor forward(Tensor x) {
    return Functional.linear(x, weight.value(), bias == null ? null : bias.value());
  }
}
