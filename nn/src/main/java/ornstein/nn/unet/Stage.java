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
import ornstein.nn.layer.ResBlock;
import ornstein.nn.layer.Upsample;

/** Layers in a row, named 0, 1, 2, …; those that want it get the embedding. */
final class Stage extends Module {
  private final BlockOptions options;
  private final Initializer initial;
  private final List<BinaryOperator<Tensor>> layers = new ArrayList<>();

  private Stage(BlockOptions options, Initializer initial) {
    this.options = options;
    this.initial = initial;
  }

  /** One entry of the layout. */
  static Stage of(
      UNetLayout.Stage s, boolean convResample, BlockOptions options, Initializer initial) {
    Stage stage = new Stage(options, initial);
    switch (s.kind()) {
      case CONVOLUTION -> stage.convolution(s.in(), s.out());
      case RESIDUAL -> stage.residual(s.in(), s.out());
      case DOWNSAMPLE -> stage.downsample(s.in(), convResample);
    }
    if (s.heads() > 0) {
      stage.attention(s.out(), s.heads());
    }
    if (s.upsample()) {
      stage.upsample(s.out(), convResample);
    }
    return stage;
  }

  /** The two residual blocks at the coarsest level, with attention between them. */
  static Stage middle(int channels, int heads, BlockOptions options, Initializer initial) {
    Stage stage = new Stage(options, initial);
    stage.residual(channels, channels);
    stage.attention(channels, heads);
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

  private void attention(int channels, int heads) {
    AttentionOp.Packing packing = AttentionOp.Packing.HEAD_MAJOR;
    AttentionBlock layer = append(new AttentionBlock(channels, heads, packing, options, initial));
    layers.add((x, embedding) -> layer.forward(x));
  }

  private void downsample(int channels, boolean convolution) {
    Downsample layer = append(new Downsample(channels, convolution, initial));
    layers.add((x, embedding) -> layer.forward(x));
  }

  private void upsample(int channels, boolean convolution) {
    Upsample layer = append(new Upsample(channels, convolution, initial));
    layers.add((x, embedding) -> layer.forward(x));
  }

  private <M extends Module> M append(M layer) {
    return register(Integer.toString(layers.size()), layer);
  }

  Tensor forward(Tensor x, Tensor embedding) {
    Tensor h = x;
    for (BinaryOperator<Tensor> layer : layers) {
      h = layer.apply(h, embedding);
    }
    return h;
  }
}
