package ornstein.nn.mlp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Rng;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.layer.Embedding;
import ornstein.nn.layer.Linear;
import ornstein.nn.layer.TimeEmbedding;
import ornstein.nn.layer.TimeInput;

/**
 * A small network for points instead of images: residual layers of full connection, each told the
 * time as a U-Net's blocks are. The last layer begins at zero, hence output zero.
 */
public final class TimeMlp extends Module {
  private final int dimensions;
  private final Linear input;
  private final TimeEmbedding timeEmbedding;
  private final @Nullable Embedding labelEmbedding;
  private final List<Linear> inner = new ArrayList<>();
  private final List<Linear> outer = new ArrayList<>();
  private final Linear output;

  /**
   * A new network to be trained.
   *
   * @param dimensions coordinates of a point, at least 1
   * @param outputs numbers said of each point: as many, or twice as many with a learned variance
   * @param width features of the hidden layers, even, at least 2
   * @param depth residual layers, at least 1
   * @param classes labels that points may have, 0 for none
   * @param rng generator of the weights
   * @throws IllegalArgumentException if a number is out of its range
   */
  public TimeMlp(int dimensions, int outputs, int width, int depth, int classes, Rng rng) {
    if (dimensions < 1 || outputs < 1 || width < 2 || width % 2 != 0 || depth < 1 || classes < 0) {
      throw new IllegalArgumentException(
          "a network of points needs at least 1 coordinate, output and layer, and an even width, got"
              + " "
              + List.of(dimensions, outputs, depth, width));
    }
    Initializer initial = Initializer.random(rng);
    this.dimensions = dimensions;
    this.input = register("input", new Linear(dimensions, width, initial));
    this.timeEmbedding =
        register("time_embed", new TimeEmbedding(TimeInput.IMPROVED_DDPM, width, width, initial));
    this.labelEmbedding =
        classes == 0 ? null : register("label_emb", new Embedding(classes, width, initial));
    for (int i = 0; i < depth; i++) {
      inner.add(register("blocks." + i + ".0", new Linear(width, width, initial)));
      outer.add(register("blocks." + i + ".2", new Linear(width, width, initial)));
    }
    this.output = register("output", new Linear(width, outputs, Initializer.zeros()));
  }

  /**
   * Applies the network.
   *
   * @param x points [N, dimensions]
   * @param time [N], on the scale that the network was trained with
   * @param labels [N], class numbers held as floats; null exactly if the network has no classes
   * @return [N, outputs]
   * @throws ShapeException if a shape does not fit
   * @throws IllegalArgumentException if labels are missing or not expected
   */
  public Tensor forward(Tensor x, Tensor time, @Nullable Tensor labels) {
    if (x.shape().rank() != 2 || x.shape().dim(1) != dimensions) {
      throw new ShapeException(
          "the network takes points [N, " + dimensions + "], got " + x.shape());
    }
    if ((labels == null) != (labelEmbedding == null)) {
      throw new IllegalArgumentException(
          labels == null ? "the network needs labels" : "the network has no classes");
    }
    Tensor embedding = timeEmbedding.forward(time);
    if (labels != null && labelEmbedding != null) {
      embedding = embedding.add(labelEmbedding.forward(labels));
    }
    Tensor h = input.forward(x);
    for (int i = 0; i < inner.size(); i++) {
      Tensor seen = inner.get(i).forward(h.add(embedding)).apply(Unary.SILU);
      h = h.add(outer.get(i).forward(seen).apply(Unary.SILU));
    }
    return output.forward(h);
  }
}
