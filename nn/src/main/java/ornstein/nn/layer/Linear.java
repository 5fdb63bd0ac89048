package ornstein.nn.layer;

import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/** x · weightᵀ + bias, with parameters {@code weight} [out, in] and {@code bias} [out]. */
public final class Linear extends Module {
  private final Parameter weight;
  private final Parameter bias;

  /**
   * Creates the layer.
   *
   * @param in input features, at least 1
   * @param out output features, at least 1
   * @param initial initial values
   */
  public Linear(int in, int out, Initializer initial) {
    weight = register("weight", new Parameter(initial.fanIn(Shape.of(out, in), in)));
    bias = register("bias", new Parameter(initial.fanIn(Shape.of(out), in)));
  }

  /**
   * Applies the layer.
   *
   * @param x [..., in]
   * @return [..., out]
   * @throws ornstein.engine.ShapeException if the last extent is not {@code in}
   */
  public Tensor forward(Tensor x) {
    return Functional.linear(x, weight.value(), bias.value());
  }
}
