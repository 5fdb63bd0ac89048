package ornstein.nn.unet;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import ornstein.engine.Tensor;
import ornstein.engine.op.AttentionOp;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.layer.AttentionBlock;
import ornstein.nn.layer.BlockOptions;
import ornstein.nn.layer.Conv2d;
import ornstein.nn.layer.Downsample;
import ornstein.nn.layer.Recomputation;
import ornstein.nn.layer.ResBlock;
import ornstein.nn.layer.Resampling;
import ornstein.nn.layer.Upsample;

/** Layers in a row, named 0, 1, 2, …; those that want it get the embedding. */
final class Stage extends Module {
  private final UNetConfig config;
  private final BlockOptions options;
  private final Initializer initial;
  private final List<BinaryOperator<Tensor>> layers = new ArrayList<>();

  private Stage(UNetConfig config, BlockOptions options, Initializer initial) {
    this.config = config;
    this.options = options;
    this.initial = initial;
  }

  /** One entry of the layout. */
  static Stage of(
      UNetLayout.Stage s, UNetConfig config, BlockOptions options, Initializer initial) {
    Stage stage = new Stage(config, options, initial);
    switch (s.kind()) {
      case CONVOLUTION -> stage.convolution(s.in(), s.out());
      case RESIDUAL -> stage.residual(s.in(), s.out());
      case DOWNSAMPLE -> stage.downsample(s.in());
    }
    if (s.heads() > 0) {
      stage.attention(s.out(), s.heads(), true);
    }
    if (s.upsample()) {
      stage.upsample(s.out());
    }
    return stage;
  }

  /** The two residual blocks at the coarsest level, and what lies between them. */
  static Stage middle(int channels, UNetConfig config, BlockOptions options, Initializer initial) {
    Stage stage = new Stage(config, options, initial);
    UNetStyle.Middle between = config.style().middle();
    stage.residual(channels, channels);
    if (between != UNetStyle.Middle.NOTHING) {
      stage.attention(channels, config.heads(channels), between == UNetStyle.Middle.ATTENTION);
    }
    stage.residual(channels, channels);
    return stage;
  }

  private void convolution(int in, int out) {
    Conv2d layer = append(Conv2d.same3x3(in, out, initial));
    layers.add((x, embedding) -> layer.forward(x));
  }

  private void residual(int in, int out) {
    layers.add(append(new ResBlock(in, out, options, initial))::forward);
  }

  private void attention(int channels, int heads, boolean normalised) {
    AttentionOp.Packing packing =
        config.style().newAttentionOrder()
            ? AttentionOp.Packing.QKV_MAJOR
            : AttentionOp.Packing.HEAD_MAJOR;
    AttentionBlock layer =
        append(new AttentionBlock(channels, heads, packing, normalised, options, initial));
    layers.add((x, embedding) -> layer.forward(x));
  }

  private void downsample(int channels) {
    if (config.style().resblockDown()) {
      resampling(channels, Resampling.DOWN);
      return;
    }
    Downsample layer =
        append(new Downsample(channels, config.convResample(), config.style().padAfter(), initial));
    layers.add((x, embedding) -> layer.forward(x));
  }

  private void upsample(int channels) {
    if (config.style().resblockUp()) {
      resampling(channels, Resampling.UP);
      return;
    }
    Upsample layer = append(new Upsample(channels, config.convResample(), initial));
    layers.add((x, embedding) -> layer.forward(x));
  }

  private void resampling(int channels, Resampling resampling) {
    layers.add(append(new ResBlock(channels, channels, resampling, options, initial))::forward);
  }

  private <M extends Module> M append(M layer) {
    return register(Integer.toString(layers.size()), layer);
  }

  Tensor forward(Tensor x, Tensor embedding) {
    Tensor h = x;
    for (BinaryOperator<Tensor> layer : layers) {
      h = Recomputation.of(layer, h, embedding);
    }
    return h;
  }
}
