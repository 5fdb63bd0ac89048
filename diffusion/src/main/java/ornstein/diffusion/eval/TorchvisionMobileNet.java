package ornstein.diffusion.eval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.FormatException;
import ornstein.nn.Weights;

/**
 * Reads a MobileNetV2 under the names of torchvision's {@code mobilenet_v2}: {@code
 * features.N.conv.K...}, {@code classifier.1}. The tensors tell everything but the strides, which
 * are the published ones, or in the file's metadata under {@value #STRIDES}.
 */
final class TorchvisionMobileNet {
  static final String STRIDES = "mobilenet.strides";

  /** Of the paper's table 2: the first convolution, 17 blocks, the last convolution. */
  private static final int[] PUBLISHED = {2, 1, 2, 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1};

  private static final double EPSILON = 1e-5;
  private static final String FIRST = "features.0.0.weight";

  private final Path file;
  private final Weights weights;
  private final Set<String> used = new HashSet<>();

  private TorchvisionMobileNet(Path file, Weights weights) {
    this.file = file;
    this.weights = weights;
  }

  /** Whether names are those of such a network. */
  static boolean recognises(Weights weights) {
    return weights.names().contains(FIRST);
  }

  /**
   * Reads a network.
   *
   * @param file where the weights are from, for messages
   * @param weights the state dict
   * @param metadata of the file
   * @throws FormatException if a tensor is missing, unknown or misshapen, or the strides are
   *     unknown
   */
  static MobileNet read(Path file, Weights weights, Map<String, String> metadata)
      throws IOException {
    return new TorchvisionMobileNet(file, weights).read(metadata);
  }

  private MobileNet read(Map<String, String> metadata) throws FormatException {
    int count = 0;
    while (has("features." + count + ".0.weight")
        || has("features." + count + ".conv.0.0.weight")) {
      count++;
    }
    int[] strides = strides(metadata, count);
    List<MobileNet.Block> blocks = new ArrayList<>();
    int channels = 3;
    for (int n = 0; n < count; n++) {
      MobileNet.Block block = block("features." + n + ".", channels, strides[n]);
      channels = block.layers().get(block.layers().size() - 1).out();
      blocks.add(block);
    }
    Shape last = shape("classifier.1.weight", 2);
    require(last.dim(1) == channels, "classifier.1.weight", "has no " + channels + " columns");
    Tensor weight = Tensor.of(last, values("classifier.1.weight"));
    Tensor bias = Tensor.of(vector("classifier.1.bias", last.dim(0)));
    for (String name : weights.names()) {
      require(
          used.contains(name) || name.endsWith(".num_batches_tracked"),
          name,
          "is no part of a MobileNetV2; give the file of one");
    }
    return new MobileNet(blocks, weight, bias);
  }

  private int[] strides(Map<String, String> metadata, int count) throws FormatException {
    String text = metadata.get(STRIDES);
    if (text == null) {
      require(
          count == PUBLISHED.length,
          null,
          "has "
              + count
              + " blocks where MobileNetV2 has "
              + PUBLISHED.length
              + ", so its strides are unknown; say them in the metadata as "
              + STRIDES);
      return PUBLISHED.clone();
    }
    require(text.matches("[1-4](,[1-4]){0,99}"), STRIDES, "'" + text + "' are no strides");
    int[] strides = Arrays.stream(text.split(",", -1)).mapToInt(Integer::parseInt).toArray();
    require(strides.length == count, STRIDES, "are not those of " + count + " blocks");
    return strides;
  }

  private MobileNet.Block block(String prefix, int channels, int stride) throws FormatException {
    if (has(prefix + "0.weight")) {
      return new MobileNet.Block(
          List.of(convolution(prefix + "0", prefix + "1", channels, stride, true)), false);
    }
    List<FoldedConvolution> layers = new ArrayList<>();
    int inner = channels;
    int k = 0;
    for (; has(prefix + "conv." + k + ".0.weight"); k++) {
      String name = prefix + "conv." + k + ".";
      boolean channelwise = shape(name + "0.weight", 4).dim(2) > 1;
      FoldedConvolution layer =
          convolution(name + "0", name + "1", inner, channelwise ? stride : 1, true);
      inner = layer.out();
      layers.add(layer);
    }
    FoldedConvolution projection =
        convolution(prefix + "conv." + k, prefix + "conv." + (k + 1), inner, 1, false);
    layers.add(projection);
    return new MobileNet.Block(layers, stride == 1 && projection.out() == channels);
  }

  /** PyTorch's [out, in / groups, k, k] and the normalisation behind it. */
  private FoldedConvolution convolution(
      String name, String norm, int channels, int stride, boolean activated)
      throws FormatException {
    Shape s = shape(name + ".weight", 4);
    int out = s.dim(0);
    int in = s.dim(1);
    int k = s.dim(2);
    boolean channelwise = in == 1 && out == channels && channels > 1;
    require(
        (channelwise || in == channels) && s.dim(3) == k && k % 2 == 1,
        name + ".weight",
        "is " + s + ", which does not go with " + channels + " channels");
    float[] values = values(name + ".weight");
    float[] gain = vector(norm + ".weight", out);
    float[] bias = vector(norm + ".bias", out);
    float[] mean = vector(norm + ".running_mean", out);
    float[] variance = vector(norm + ".running_var", out);
    float[] folded = new float[values.length];
    float[] shift = new float[out];
    for (int o = 0; o < out; o++) {
      require(variance[o] >= 0, norm + ".running_var", "holds " + variance[o]);
      double scale = gain[o] / Math.sqrt(variance[o] + EPSILON);
      shift[o] = (float) (bias[o] - mean[o] * scale);
      for (int i = 0; i < in; i++) {
        for (int p = 0; p < k * k; p++) {
          folded[(p * in + i) * out + o] = (float) (values[(o * in + i) * k * k + p] * scale);
        }
      }
    }
    Shape shape = channelwise ? Shape.of(k, k, out) : Shape.of(k, k, in, out);
    return new FoldedConvolution(
        Tensor.of(shape, folded),
        Tensor.of(shift),
        stride,
        FoldedConvolution.Padding.HALF_WINDOW,
        activated);
  }

  private boolean has(String name) {
    return weights.names().contains(name);
  }

  private Shape shape(String name, int rank) throws FormatException {
    require(has(name), name, "is missing; give the file of a whole MobileNetV2");
    Shape shape = weights.shape(name);
    require(
        shape.rank() == rank && shape.size() > 0, name, "is " + shape + ", not of rank " + rank);
    return shape;
  }

  private float[] vector(String name, int length) throws FormatException {
    require(shape(name, 1).dim(0) == length, name, "has not " + length + " values");
    return values(name);
  }

  private float[] values(String name) throws FormatException {
    used.add(name);
    float[] values = weights.values(name);
    for (float value : values) {
      require(Float.isFinite(value), name, "holds " + value + "; use another file");
    }
    return values;
  }

  private void require(boolean condition, @Nullable String tensor, String problem)
      throws FormatException {
    if (!condition) {
      throw new FormatException(file.toString(), tensor, -1, problem);
    }
  }
}
