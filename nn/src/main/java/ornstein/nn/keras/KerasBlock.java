package ornstein.nn.keras;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.layer.Conv2d;
import ornstein.nn.layer.Linear;

/** A residual block: two convolutions, normalised before them or after their sum. */
final class KerasBlock extends Module {
  private final Linear time;
  private final Conv2d inner;
  private final Conv2d outer;
  private final InterleavedGroupNorm norm;
  private final @Nullable InterleavedGroupNorm second;
  private final @Nullable Conv2d skip;

  /**
   * Creates the block.
   *
   * @param in input channels
   * @param out output channels
   * @param embedding length of the embedding of time
   * @param first whether normalisation comes first (the second design)
   * @param initial initial values, of all but the second convolution of the second design
   */
  KerasBlock(int in, int out, int embedding, boolean first, Initializer initial) {
    this.skip = in == out ? null : register("skip", Conv2d.withoutBias(in, out, 1, initial));
    this.norm = register("norm1", new InterleavedGroupNorm(first ? in : out));
    this.inner = register("conv1", Conv2d.withoutBias(in, out, 3, initial));
    this.time = register("time", Linear.withoutBias(embedding, first ? out : in, initial));
    this.second = first ? register("norm2", new InterleavedGroupNorm(out)) : null;
    Initializer last = first ? Initializer.zeros() : initial;
    this.outer = register("conv2", Conv2d.withoutBias(out, out, 3, last));
  }

  Tensor forward(Tensor x, Tensor embedding) {
    Tensor kept = skip == null ? x : skip.forward(x);
    Tensor told = time.forward(embedding);
    Tensor perPixel = told.reshape(told.shape().dim(0), 1, 1, told.shape().dim(1));
    if (second == null) {
      Tensor h = inner.forward(x.add(perPixel)).apply(Unary.SILU);
      return norm.forward(outer.forward(h).apply(Unary.SILU).add(kept));
    }
    Tensor h = inner.forward(norm.forward(x).apply(Unary.SILU)).add(perPixel);
    return outer.forward(second.forward(h).apply(Unary.SILU), kept);
  }
}
