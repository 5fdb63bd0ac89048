package ornstein.nn.layer;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;
import ornstein.engine.op.AttentionOp;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/**
 * Self-attention among all pixels of an image, added to its input (Vaswani et al., 2017, §3.2, on
 * normalised features): {@code norm}, {@code qkv}, {@code proj_out}. The projection starts at zero.
 */
public final class AttentionBlock extends Module {
  private final int heads;
  private final AttentionOp.Packing packing;
  private final @Nullable GroupNorm norm;
  private final Conv2d qkv;
  private final Conv2d projection;

  /**
   * Creates the block.
   *
   * @param channels channels, a multiple of heads and groups
   * @param heads attention heads, at least 1
   * @param packing order of the channels of queries, keys and values, HEAD_MAJOR or QKV_MAJOR
   * @param normalised whether features are normalised first; they are in nearly all networks
   * @param options what it shares with the network's other blocks
   * @param initial initial values of {@code qkv}
   * @throws IllegalArgumentException if the heads or the groups do not divide the channels
   */
  public AttentionBlock(
      int channels,
      int heads,
      AttentionOp.Packing packing,
      boolean normalised,
      BlockOptions options,
      Initializer initial) {
    if (heads < 1 || channels % heads != 0) {
      throw new IllegalArgumentException(
          channels + " channels cannot be split among " + heads + " attention heads");
    }
    if (packing == AttentionOp.Packing.SEPARATE) {
      throw new IllegalArgumentException("qkv is one layer: packing must not be SEPARATE");
    }
    this.heads = heads;
    this.packing = packing;
    this.norm =
        normalised
            ? register("norm", new GroupNorm(options.groups(), channels, options.epsilon()))
            : null;
    Parameter.Layout layout = Parameter.Layout.CONVOLUTION_1D;
    this.qkv = register("qkv", Conv2d.pixelwise(channels, 3 * channels, layout, initial));
    this.projection =
        register("proj_out", Conv2d.pixelwise(channels, channels, layout, Initializer.zeros()));
  }

  /**
   * Applies the block.
   *
   * @param x [N, H, W, C]
   * @return a tensor of x's shape
   * @throws ornstein.engine.ShapeException if the channels differ
   */
  public Tensor forward(Tensor x) {
    Tensor packed = qkv.forward(norm == null ? x : norm.forward(x));
    int channels = packed.shape().dim(3);
    int pixels = x.shape().dim(1) * x.shape().dim(2);
    Tensor rows = packed.reshape(x.shape().dim(0), pixels, channels);
    Tensor attended = Functional.packedAttention(rows, heads, packing).reshape(x.shape());
    return projection.forward(attended, x);
  }
}
