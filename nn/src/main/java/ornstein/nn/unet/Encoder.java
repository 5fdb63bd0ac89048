package ornstein.nn.unet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.layer.BlockOptions;
import ornstein.nn.layer.Embedding;
import ornstein.nn.layer.TimeEmbedding;

/** The way down and the middle: what a U-Net and a classifier of noisy images have in common. */
final class Encoder extends Module {
  private final UNetConfig config;
  private final TimeEmbedding timeEmbedding;
  private final @Nullable Embedding labelEmbedding;
  private final List<Stage> input = new ArrayList<>();
  private final Stage middle;

  Encoder(UNetLayout layout, Initializer initial) {
    this.config = layout.config();
    int embedding = layout.embeddingChannels();
    BlockOptions options = options(layout);
    timeEmbedding =
        register(
            "time_embed",
            new TimeEmbedding(config.style().time(), layout.timeChannels(), embedding, initial));
    labelEmbedding =
        config.numClasses() == 0
            ? null
            : register("label_emb", new Embedding(config.numClasses(), embedding, initial));
    for (UNetLayout.Stage s : layout.input()) {
      Stage stage = Stage.of(s, config, options, initial);
      input.add(register("input_blocks." + input.size(), stage));
    }
    middle =
        register("middle_block", Stage.middle(layout.middleChannels(), config, options, initial));
  }

  /** What all blocks of the network have in common. */
  static BlockOptions options(UNetLayout layout) {
    UNetConfig c = layout.config();
    return new BlockOptions(
        layout.embeddingChannels(),
        c.groups(),
        c.style().epsilon(),
        c.dropout(),
        c.useScaleShiftNorm());
  }

  /**
   * What the encoder makes of a batch.
   *
   * @param features at the coarsest level, [N, h, w, C]
   * @param skips what each stage on the way down left, the coarsest on top
   * @param embedding of timestep and label, [N, 4 · time channels]
   */
  record Encoded(Tensor features, Deque<Tensor> skips, Tensor embedding) {}

  Encoded encode(Tensor x, Tensor timesteps, @Nullable Tensor labels) {
    requireImages(x.shape());
    Tensor embedding = embedding(x.shape(), timesteps, labels);
    Deque<Tensor> skips = new ArrayDeque<>();
    Tensor h = x;
    for (Stage stage : input) {
      h = stage.forward(h, embedding);
      skips.push(h);
    }
    return new Encoded(middle.forward(h, embedding), skips, embedding);
  }

  private Tensor embedding(Shape x, Tensor timesteps, @Nullable Tensor labels) {
    requirePerSample("timesteps", timesteps.shape(), x);
    Tensor embedding = timeEmbedding.forward(timesteps);
    if (labelEmbedding != null) {
      if (labels == null) {
        throw new IllegalArgumentException(
            "the network has " + config.numClasses() + " classes: labels are needed");
      }
      requirePerSample("labels", labels.shape(), x);
      return embedding.add(labelEmbedding.forward(labels));
    }
    if (labels != null) {
      throw new IllegalArgumentException("the network has no classes: labels must be null");
    }
    return embedding;
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
