package ornstein.nn.layer;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/**
 * A residual block conditioned on the embedding of timestep and label: normalise, SiLU, 3×3
 * convolution, conditioning, normalise, SiLU, dropout, 3×3 convolution, plus the input (through a
 * 1×1 convolution if the channels change). The second convolution starts at zero, the block
 * therefore as the skip connection alone. Parameters are named as in improved DDPM.
 */
public final class ResBlock extends Module {
  private final boolean scaleShift;
  private final Resampling resampling;
  private final GroupNorm inNorm;
  private final Conv2d inConv;
  private final Linear conditioning;
  private final GroupNorm outNorm;
  private final Dropout dropout;
  private final Conv2d outConv;
  private final @Nullable Conv2d skip;

  /**
   * Creates the block.
   *
   * @param in input channels, a multiple of the groups
   * @param out output channels, a multiple of the groups
   * @param options what it shares with the network's other blocks
   * @param initial initial values of all layers but the second convolution
   * @throws IllegalArgumentException if the groups do not divide the channels
   */
  public ResBlock(int in, int out, BlockOptions options, Initializer initial) {
    this(in, out, Resampling.NONE, options, initial);
  }

  /**
   * Creates a block that resizes its input after the first normalisation, and the skip connection
   * likewise (Brock et al. 2019; Dhariwal and Nichol 2021, section 3).
   *
   * @param in input channels, a multiple of the groups
   * @param out output channels, a multiple of the groups
   * @param resampling what it does to height and width
   * @param options what it shares with the network's other blocks
   * @param initial initial values of all layers but the second convolution
   * @throws IllegalArgumentException if the groups do not divide the channels
   */
  public ResBlock(
      int in, int out, Resampling resampling, BlockOptions options, Initializer initial) {
    this.resampling = resampling;
    scaleShift = options.scaleShift();
    inNorm = register("in_layers.0", GroupNorm.silu(options.groups(), in, options.epsilon()));
    inConv = register("in_layers.2", Conv2d.same3x3(in, out, initial));
    int modulation = scaleShift ? 2 * out : out;
    conditioning =
        register("emb_layers.1", new Linear(options.embeddingChannels(), modulation, initial));
    outNorm = register("out_layers.0", GroupNorm.silu(options.groups(), out, options.epsilon()));
    dropout = register("out_layers.2", new Dropout(options.dropout()));
    outConv = register("out_layers.3", Conv2d.same3x3(out, out, Initializer.zeros()));
    skip =
        in == out
            ? null
            : register(
                "skip_connection",
                Conv2d.pixelwise(in, out, Parameter.Layout.CONVOLUTION, initial));
  }

  /**
   * Applies the block.
   *
   * @param x [N, H, W, in]
   * @param embedding [N, embeddingChannels]
   * @return [N, H′, W′, out]
   * @throws ornstein.engine.ShapeException if the shapes do not fit
   */
  public Tensor forward(Tensor x, Tensor embedding) {
    Tensor h = inConv.forward(resampling.apply(inNorm.forward(x)));
    Tensor condition = conditioning.forward(embedding.apply(Unary.SILU));
    if (scaleShift) {
      h = outNorm.forward(h, condition);
    } else {
      Tensor perPixel = condition.reshape(condition.shape().dim(0), 1, 1, condition.shape().dim(1));
      h = outNorm.forward(h.add(perPixel));
    }
    Tensor kept = resampling.apply(x);
    return outConv.forward(dropout.forward(h), skip == null ? kept : skip.forward(kept));
  }
}
