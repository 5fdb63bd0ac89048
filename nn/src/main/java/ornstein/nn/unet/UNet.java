package ornstein.nn.unet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.StateDict;
import ornstein.nn.layer.BlockOptions;
import ornstein.nn.layer.Conv2d;
import ornstein.nn.layer.Embedding;
import ornstein.nn.layer.GroupNorm;
import ornstein.nn.layer.TimeEmbedding;

/**
 * The U-Net of improved DDPM (Nichol and Dhariwal, 2021, §2 and appendix A, after Ho et al., 2020):
 * residual blocks and attention at falling, then rising resolution, with a skip connection from
 * each stage on the way down to one on the way up. Parameters have the names and, in checkpoints,
 * the layouts of its PyTorch implementation.
 */
public final class UNet extends Module {
  private static final float EPSILON = 1e-5f;

  private final UNetConfig config;
  private final TimeEmbedding timeEmbedding;
  private final @Nullable Embedding labelEmbedding;
  private final List<Stage> input = new ArrayList<>();
  private final Stage middle;
  private final List<Stage> output = new ArrayList<>();
  private final GroupNorm outNorm;
  private final Conv2d outConv;

  /**
   * A new network to be trained: PyTorch's default initialisation, the last layer of every branch
   * at zero, hence output zero.
   *
   * @param config the configuration
   * @param rng generator of the weights; the same state gives the same network
   */
  public UNet(UNetConfig config, Rng rng) {
    this(config, Initializer.random(rng));
  }

  private UNet(UNetConfig config, Initializer initial) {
    this.config = config;
    UNetLayout layout = UNetLayout.of(config);
    int embedding = layout.embeddingChannels();
    BlockOptions options =
        new BlockOptions(
            embedding, config.groups(), EPSILON, config.dropout(), config.useScaleShiftNorm());
    timeEmbedding =
        register("time_embed", new TimeEmbedding(config.modelChannels(), embedding, initial));
    labelEmbedding =
        config.numClasses() == 0
            ? null
            : register("label_emb", new Embedding(config.numClasses(), embedding, initial));
    for (UNetLayout.Stage s : layout.input()) {
      Stage stage = Stage.of(s, config.convResample(), options, initial);
      input.add(register("input_blocks." + input.size(), stage));
    }
    middle =
        register(
            "middle_block",
            Stage.middle(layout.middleChannels(), config.numHeads(), options, initial));
    for (UNetLayout.Stage s : layout.output()) {
      Stage stage = Stage.of(s, config.convResample(), options, initial);
      output.add(register("output_blocks." + output.size(), stage));
    }
    int last = layout.output().getLast().out();
    outNorm = register("out.0", GroupNorm.silu(config.groups(), last, EPSILON));
    outConv = register("out.2", Conv2d.same3x3(last, config.outChannels(), Initializer.zeros()));
  }

  /**
   * A network with given weights.
   *
   * @param config the configuration
   * @param weights all of its weights and nothing else
   * @return the network
   * @throws ornstein.nn.StateDictException if the weights are not those of such a network
   */
  public static UNet of(UNetConfig config, StateDict weights) {
    UNet model = new UNet(config, Initializer.zeros());
    weights.loadInto(model);
    return model;
  }

  /**
   * The configuration.
   *
   * @return the configuration
   */
  public UNetConfig config() {
    return config;
  }

  /**
   * Applies the network. Dropout acts only within {@link ornstein.nn.layer.Dropout#training}.
   *
   * @param x images [N, H, W, inChannels]; H and W multiples of {@link UNetConfig#sizeMultiple}
   * @param timesteps [N], fractions allowed, on the scale that the network was trained with
   * @param labels class numbers [N], integers in [0, numClasses) held as floats; null exactly if
   *     the network has no classes
   * @return [N, H, W, outChannels]
   * @throws ShapeException if a shape does not fit; for an image size it says which do
   * @throws IllegalArgumentException if labels are missing or not expected
   * @throws IndexOutOfBoundsException if a label is no class
   */
  public Tensor forward(Tensor x, Tensor timesteps, @Nullable Tensor labels) {
    requireImages(x.shape());
    requirePerSample("timesteps", timesteps.shape(), x.shape());
    Tensor embedding = timeEmbedding.forward(timesteps);
    if (labelEmbedding != null) {
      if (labels == null) {
        throw new IllegalArgumentException(
            "the network has " + config.numClasses() + " classes: labels are needed");
      }
      requirePerSample("labels", labels.shape(), x.shape());
      embedding = embedding.add(labelEmbedding.forward(labels));
    } else if (labels != null) {
      throw new IllegalArgumentException("the network has no classes: labels must be null");
    }
    return image(x, embedding);
  }

  private Tensor image(Tensor x, Tensor embedding) {
    Deque<Tensor> skips = new ArrayDeque<>();
    Tensor h = x;
    for (Stage stage : input) {
      h = stage.forward(h, embedding);
      skips.push(h);
    }
    h = middle.forward(h, embedding);
    for (Stage stage : output) {
      h = stage.forward(Tensor.concat(-1, List.of(h, skips.pop())), embedding);
    }
    return outConv.forward(outNorm.forward(h));
  }

  private void requireImages(Shape x) {
    if (x.rank() != 4 || x.dim(3) != config.inChannels()) {
      throw new ShapeException(
          "the network takes images [N, H, W, " + config.inChannels() + "], got " + x);
    }
    config.requireSize(x.dim(1), x.dim(2));
  }

  private static void requirePerSample(String what, Shape given, Shape x) {
    if (!given.equals(Shape.of(x.dim(0)))) {
      throw new ShapeException(
          what + " need shape [" + x.dim(0) + "], one for each image, got " + given);
    }
  }
}
