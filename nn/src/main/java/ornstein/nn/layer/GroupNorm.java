package ornstein.nn.layer;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/**
 * Group normalisation (Wu and He, 2018), with parameters {@code weight} [C], initially ones, and
 * {@code bias} [C], initially zeros.
 */
public final class GroupNorm extends Module {
  private final int groups;
  private final float epsilon;
  private final @Nullable Unary activation;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * Creates the layer.
   *
   * @param groups groups of neighbouring channels, at least 1
   * @param channels channels, a multiple of the groups
   * @param epsilon added to the variance, at least 0
   * @throws IllegalArgumentException if the groups do not divide the channels
   */
  public GroupNorm(int groups, int channels, float epsilon) {
    this(groups, channels, epsilon, null);
  }

  private GroupNorm(int groups, int channels, float epsilon, @Nullable Unary activation) {
    if (groups < 1 || channels < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          channels + " channels cannot be normalised in " + groups + " equal groups");
    }
    this.groups = groups;
    this.epsilon = epsilon;
    this.activation = activation;
    this.weight = register("weight", new Parameter(Tensor.full(Shape.of(channels), 1f)));
    this.bias = register("bias", new Parameter(Tensor.full(Shape.of(channels), 0f)));
  }

  /**
   * A layer whose result goes through SiLU, in the same kernel.
   *
   * @param groups groups of neighbouring channels, at least 1
   * @param channels channels, a multiple of the groups
   * @param epsilon added to the variance, at least 0
   * @return the layer
   * @throws IllegalArgumentException if the groups do not divide the channels
   */
  public static GroupNorm silu(int groups, int channels, float epsilon) {
    return new GroupNorm(groups, channels, epsilon, Unary.SILU);
  }

  /**
   * Normalises.
   *
   * @param x [N, …, C]
   * @return a tensor of x's shape
   * @throws ornstein.engine.ShapeException if the channels differ
   */
  public Tensor forward(Tensor x) {
    return Functional.groupNorm(x, groups, weight.value(), bias.value(), null, epsilon, activation);
  }

  /**
   * Normalises, then modulates each sample: y · (1 + scale) + shift.
   *
   * @param x [N, …, C]
   * @param scaleShift [N, 2C], scales first
   * @return a tensor of x's shape
   * @throws ornstein.engine.ShapeException if the shapes do not fit
   */
  public Tensor forward(Tensor x, Tensor scaleShift) {
    return Functional.groupNorm(
        x, groups, weight.value(), bias.value(), scaleShift, epsilon, activation);
  }
}
