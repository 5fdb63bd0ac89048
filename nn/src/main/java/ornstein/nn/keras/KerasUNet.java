package ornstein.nn.keras;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Weights;
import ornstein.nn.layer.Conv2d;
import ornstein.nn.layer.Embedding;
import ornstein.nn.layer.Linear;

/**
 * A U-Net of Keras-DDPM, of either design. Keras stores no names that could be kept: {@code embed},
 * {@code conv_in}, {@code down.i}, {@code middle}, {@code up.i}, {@code norm_out}, {@code conv_out}
 * stand for the scripts' layers in their order, in PyTorch's layouts.
 */
public final class KerasUNet extends Module {
  private final KerasUNetConfig config;
  private final @Nullable Embedding table;
  private final List<Linear> time = new ArrayList<>();
  private final Conv2d convIn;
  private final List<KerasBlock> down = new ArrayList<>();
  private final KerasBlock middle;
  private final List<KerasBlock> up = new ArrayList<>();
  private final InterleavedGroupNorm normOut;
  private final Conv2d convOut;

  /**
   * A new network to be trained, with PyTorch's default initialisation; in the second design the
   * last convolution of each block begins at zero.
   *
   * @param config the configuration
   * @param rng generator of the weights; the same state gives the same network
   */
  public KerasUNet(KerasUNetConfig config, Rng rng) {
    this(config, Initializer.random(rng));
  }

  private KerasUNet(KerasUNetConfig config, Initializer initial) {
    this.config = config;
    int e = config.embeddingSize();
    boolean additive = config.design() == KerasUNetConfig.Design.ADDITIVE;
    int embedding = additive ? e : 4 * e;
    table = additive ? register("embed", new Embedding(config.timesteps(), e, initial)) : null;
    if (!additive) {
      time.add(register("embed.0", Linear.withoutBias(e, embedding, initial)));
      time.add(register("embed.1", Linear.withoutBias(embedding, embedding, initial)));
    }
    convIn = register("conv_in", Conv2d.withoutBias(config.channels(), e, 3, initial));
    Deque<Integer> skips = new ArrayDeque<>(List.of(e));
    int channels = e;
    int levels = config.multiples().size();
    for (int level = 0; level < levels; level++) {
      int out = config.multiples().get(level) * e;
      for (int j = 0; j < config.blocks(); j++) {
        KerasBlock block = new KerasBlock(channels, out, embedding, !additive, initial);
        down.add(register("down." + down.size(), block));
        channels = out;
        skips.push(channels);
      }
      if (level < config.halvings()) {
        skips.push(channels);
      }
    }
    int last = config.multiples().getLast() * e;
    middle = register("middle", new KerasBlock(channels, last, embedding, !additive, initial));
    channels = last;
    if (additive) {
      skips.pop();
    }
    for (int i = 0; i < levels; i++) {
      if (additive && i >= levels - config.halvings()) {
        skips.pop();
      }
      int blocks = config.blocks() + (additive ? 0 : 1);
      for (int j = 0; j < blocks; j++) {
        int skip = skips.pop();
        int in = additive ? channels : channels + skip;
        int out = additive ? skip : config.multiples().get(levels - 1 - i) * e;
        KerasBlock block = new KerasBlock(in, out, embedding, !additive, initial);
        up.add(register("up." + up.size(), block));
        channels = out;
      }
    }
    normOut = register("norm_out", new InterleavedGroupNorm(channels));
    convOut = register("conv_out", Conv2d.withoutBias(channels, config.channels(), 3, initial));
  }

  /**
   * A network with given weights.
   *
   * @param config the configuration
   * @param weights all of its weights and nothing else
   * @return the network
   * @throws ornstein.nn.StateDictException if the weights are not those of such a network
   */
  public static KerasUNet of(KerasUNetConfig config, Weights weights) {
    KerasUNet model = new KerasUNet(config, Initializer.zeros());
    weights.loadInto(model);
    return model;
  }

  /**
   * The configuration.
   *
   * @return the configuration
   */
  public KerasUNetConfig config() {
    return config;
  }

  /**
   * Applies the network.
   *
   * @param x images [N, height, width, channels]
   * @param timesteps [N], from 0 to T − 1; fractions in the second design alone
   * @return [N, height, width, channels]
   * @throws ShapeException if a shape does not fit
   * @throws IndexOutOfBoundsException if a timestep is no row of the first design's table
   */
  public Tensor forward(Tensor x, Tensor timesteps) {
    Shape expected = Shape.of(x.shape().dim(0), config.height(), config.width(), config.channels());
    if (!x.shape().equals(expected)) {
      throw new ShapeException("the network takes images " + expected + ", got " + x.shape());
    }
    Tensor embedding = embedding(timesteps);
    return config.design() == KerasUNetConfig.Design.ADDITIVE
        ? additive(x, embedding)
        : concatenated(x, embedding);
  }

  private Tensor embedding(Tensor timesteps) {
    if (table != null) {
      return table.forward(timesteps);
    }
    int e = config.embeddingSize();
    int half = e / 2;
    Tensor waves = Functional.timestepEmbedding(timesteps, e);
    int n = timesteps.shape().dim(0);
    Tensor sines = waves.slice(1, half, 2 * half).reshape(n, half, 1);
    Tensor cosines = waves.slice(1, 0, half).reshape(n, half, 1);
    // Sine and cosine of each frequency side by side.
    Tensor told = Tensor.concat(2, List.of(sines, cosines)).reshape(n, e);
    for (Linear layer : time) {
      told = layer.forward(told).apply(Unary.SILU);
    }
    return told;
  }

  private Tensor additive(Tensor x, Tensor embedding) {
    int levels = config.multiples().size();
    Deque<Tensor> skips = new ArrayDeque<>();
    Tensor h = convIn.forward(x);
    skips.push(h);
    int block = 0;
    for (int level = 0; level < levels; level++) {
      for (int j = 0; j < config.blocks(); j++) {
        h = down.get(block++).forward(h, embedding);
        skips.push(h);
      }
      if (level < config.halvings()) {
        h = Functional.averagePool(h, 2);
        skips.push(h);
      }
    }
    h = middle.forward(h, embedding);
    skips.pop();
    block = 0;
    for (int i = 0; i < levels; i++) {
      if (i >= levels - config.halvings()) {
        h = Functional.upsampleNearest(h, 2).add(skips.pop());
      }
      for (int j = 0; j < config.blocks(); j++) {
        Tensor skip = skips.pop();
        h = up.get(block++).forward(h, embedding).add(skip);
      }
    }
    return convOut.forward(normOut.forward(h));
  }

  private Tensor concatenated(Tensor x, Tensor embedding) {
    int levels = config.multiples().size();
    Deque<Tensor> skips = new ArrayDeque<>();
    Tensor h = convIn.forward(x);
    skips.push(h);
    int block = 0;
    for (int level = 0; level < levels; level++) {
      for (int j = 0; j < config.blocks(); j++) {
        h = down.get(block++).forward(h, embedding);
        skips.push(h);
      }
      if (level < levels - 1) {
        h = Functional.averagePool(h, 2);
        skips.push(h);
      }
    }
    h = middle.forward(h, embedding);
    block = 0;
    for (int level = levels - 1; level >= 0; level--) {
      for (int j = 0; j <= config.blocks(); j++) {
        h = up.get(block++).forward(Tensor.concat(3, List.of(h, skips.pop())), embedding);
      }
      if (level > 0) {
        h = Functional.upsampleNearest(h, 2);
      }
    }
    return convOut.forward(normOut.forward(h).apply(Unary.SILU));
  }
}
