package ornstein.nn.keras;

import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/**
 * Group normalisation whose groups are every 32nd channel, not neighbours, with parameters {@code
 * weight} [C], initially ones, and {@code bias} [C], initially zeros.
 */
final class InterleavedGroupNorm extends Module {
  private static final int GROUPS = 32;
  private static final float EPSILON = 1e-6f;

  private final int groups;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * Creates the layer.
   *
   * @param channels channels, a multiple of 32
   * @throws IllegalArgumentException if they are none
   */
  InterleavedGroupNorm(int channels) {
    if (channels < GROUPS || channels % GROUPS != 0) {
      throw new IllegalArgumentException(
          "the network normalises every "
              + GROUPS
              + "th channel together, and "
              + channels
              + " channels are no multiple; choose an embedding size that is one");
    }
    this.groups = GROUPS;
    this.weight = register("weight", new Parameter(Tensor.full(Shape.of(channels), 1f)));
    this.bias = register("bias", new Parameter(Tensor.full(Shape.of(channels), 0f)));
  }

  /**
   * Normalises.
   *
   * @param x [N, H, W, C]
   * @return a tensor of x's shape
   * @throws ShapeException if the channels differ
   */
  Tensor forward(Tensor x) {
    int channels = x.shape().dim(3);
    int each = channels / groups;
    int[] dims = {x.shape().dim(0), x.shape().dim(1), x.shape().dim(2), each, groups};
    Tensor neighbours = x.reshape(dims).permute(0, 1, 2, 4, 3).reshape(x.shape());
    Tensor normal =
        Functional.groupNorm(
            neighbours, groups, sorted(weight, each), sorted(bias, each), null, EPSILON, null);
    int[] back = {dims[0], dims[1], dims[2], groups, each};
    return normal.reshape(back).permute(0, 1, 2, 4, 3).reshape(x.shape());
  }

  /** Values of channels in the order in which groups are neighbours. */
  private Tensor sorted(Parameter p, int each) {
    return p.value().reshape(each, groups).permute(1, 0).reshape(each * groups);
  }
}
