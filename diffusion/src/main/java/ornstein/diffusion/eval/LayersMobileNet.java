package ornstein.diffusion.eval;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.JsonFile;

/**
 * Reads a MobileNet (Howard et al. 2017) that TensorFlow.js stores as a layers model: {@code
 * model.json} with the layers as Keras configures them, and binary shards beside it. Layers have
 * the names of keras.applications: {@code conv1}, {@code conv_dw_K} and {@code conv_pw_K} with
 * {@code _bn} and {@code _relu} behind each, {@code conv_preds}. Strides, paddings, epsilons and
 * the input's size are the file's.
 */
final class LayersMobileNet {
  private static final String LAST = "conv_preds";
  private static final int MOST_BLOCKS = 100;

  private final Path file;
  private final KerasLayers layers;
  private final Map<String, Tensor> weights = new LinkedHashMap<>();

  /** Height and width in front of the next convolution. */
  private int at;

  private LayersMobileNet(Path file) {
    this.file = file;
    this.layers = new KerasLayers(file);
  }

  /**
   * A network with the size of its input.
   *
   * @param network the network
   * @param side height and width of its input in pixels
   * @param shards the files with its weights
   */
  record Model(MobileNet network, int side, List<Path> shards) {
    Model {
      shards = List.copyOf(shards);
    }
  }

  /**
   * Reads a network.
   *
   * @param file the {@code model.json}
   * @throws FormatException if it is no such network, or weights are missing, quantised or
   *     misshapen
   * @throws IOException if a file is missing or cannot be read
   */
  static Model read(Path file) throws IOException {
    return new LayersMobileNet(file).read();
  }

  private Model read() throws IOException {
    Map<String, Object> root = JsonFile.read(file);
    Map<?, ?> topology = map(root.get("modelTopology"), "modelTopology");
    Object config = map(topology.get("model_config"), "model_config").get("config");
    Object found = config instanceof Map<?, ?> functional ? functional.get("layers") : config;
    int side = 0;
    for (Object item : list(found, "layers")) {
      Map<?, ?> layer = map(item, "a layer");
      Map<?, ?> settings = map(layer.get("config"), "config");
      layers.add(String.valueOf(layer.get("class_name")), settings);
      if (settings.get("batch_input_shape") instanceof List<?> shape && side == 0) {
        side = side(shape);
      }
    }
    require(side > 0, "batch_input_shape", "is missing, so the size of the input is unknown");
    List<Path> shards = new ArrayList<>();
    for (Object group : list(root.get("weightsManifest"), "weightsManifest")) {
      shards.addAll(weights(map(group, "weightsManifest")));
    }
    at = side;
    return new Model(network(), side, shards);
  }

  private int side(List<?> shape) throws FormatException {
    boolean square =
        shape.size() == 4
            && shape.get(1) instanceof Integer height
            && height > 0
            && height <= MobileNetFeatures.MOST_PIXELS
            && height.equals(shape.get(2))
            && Integer.valueOf(3).equals(shape.get(3));
    require(square, "batch_input_shape", "is " + shape + ", not of square images in colour");
    return (Integer) shape.get(1);
  }

  private MobileNet network() throws FormatException {
    List<MobileNet.Block> blocks = new ArrayList<>();
    FoldedConvolution first = convolution("conv1", "kernel", 3);
    blocks.add(new MobileNet.Block(List.of(first), false));
    int channels = first.out();
    for (int k = 1; k <= MOST_BLOCKS && layers.contains("conv_dw_" + k); k++) {
      FoldedConvolution channelwise = convolution("conv_dw_" + k, "depthwise_kernel", channels);
      FoldedConvolution pointwise = convolution("conv_pw_" + k, "kernel", channels);
      channels = pointwise.out();
      blocks.add(new MobileNet.Block(List.of(channelwise, pointwise), false));
    }
    layers.requirePaddingsUsed();
    Tensor last = weight(LAST + "/kernel", 4);
    Shape s = last.shape();
    require(
        s.dim(0) == 1 && s.dim(1) == 1 && s.dim(2) == channels,
        LAST + "/kernel",
        "is " + s + ", not [1, 1, " + channels + ", classes]");
    Tensor bias = vector(LAST + "/bias", s.dim(3));
    return new MobileNet(blocks, last.reshape(channels, s.dim(3)).permute(1, 0), bias);
  }

  /** A layer, the normalisation and the ReLU6 behind it. */
  private FoldedConvolution convolution(String name, String kernel, int channels)
      throws FormatException {
    Map<?, ?> settings = layers.settings(name);
    Map<?, ?> norm = layers.settings(name + "_bn");
    Tensor weight = weight(name + "/" + kernel, 4);
    Shape s = weight.shape();
    boolean channelwise = kernel.startsWith("depthwise");
    int out = s.dim(channelwise ? 2 : 3);
    require(
        s.dim(0) == s.dim(1) && s.dim(2) == channels && (!channelwise || s.dim(3) == 1),
        name + "/" + kernel,
        "is " + s + ", which does not go with " + channels + " channels");
    int stride =
        settings.get("strides") instanceof List<?> strides
                && strides.size() == 2
                && strides.get(0) instanceof Integer step
                && step.equals(strides.get(1))
                && step > 0
                && step <= 4
            ? step
            : 0;
    require(stride > 0, name, "has the strides " + settings.get("strides"));
    FoldedConvolution.Padding padding = layers.padding(name);
    int around =
        padding.before(at, s.dim(0), stride) + padding.after(at, s.dim(0), stride) - s.dim(0);
    require(at + around >= 0, name, "has a window larger than its images of side " + at);
    at = (at + around) / stride + 1;
    layers.requireReLU6(name + "_relu");
    require(!weights.containsKey(name + "/bias"), name + "/bias", "is no part of a MobileNet");
    double epsilon = norm.get("epsilon") instanceof Number number ? number.doubleValue() : -1;
    require(epsilon > 0, name + "_bn", "has the epsilon " + norm.get("epsilon"));
    float[] gain = vector(name + "_bn/gamma", out).toArray();
    float[] beta = vector(name + "_bn/beta", out).toArray();
    float[] mean = vector(name + "_bn/moving_mean", out).toArray();
    float[] variance = vector(name + "_bn/moving_variance", out).toArray();
    float[] folded = weight.toArray();
    float[] shift = new float[out];
    for (int o = 0; o < out; o++) {
      require(variance[o] >= 0, name + "_bn/moving_variance", "holds " + variance[o]);
      double scale = gain[o] / Math.sqrt(variance[o] + epsilon);
      shift[o] = (float) (beta[o] - mean[o] * scale);
      for (int i = o; i < folded.length; i += out) { // the output channel is the last index
        folded[i] = (float) (folded[i] * scale);
      }
    }
    Shape shape = channelwise ? Shape.of(s.dim(0), s.dim(1), out) : s;
    return new FoldedConvolution(Tensor.of(shape, folded), Tensor.of(shift), stride, padding, true);
  }

  private Tensor vector(String name, int length) throws FormatException {
    Tensor found = weight(name, 1);
    require(found.shape().dim(0) == length, name, "has not " + length + " values");
    return found;
  }

  private Tensor weight(String name, int rank) throws FormatException {
    Tensor found = weights.get(name);
    if (found == null) {
      throw problem(name, "is missing; give the model.json of a MobileNet of TensorFlow.js");
    }
    require(found.shape().rank() == rank, name, "is " + found.shape() + ", not of rank " + rank);
    return found;
  }

  /** Reads the weights of a group, which lie one after the other across its shards. */
  private List<Path> weights(Map<?, ?> group) throws IOException {
    List<Path> shards = new ArrayList<>();
    long bytes = 0;
    for (Object path : list(group.get("paths"), "paths")) {
      String name = String.valueOf(path);
      require(
          name.matches("[A-Za-z0-9][A-Za-z0-9._-]*"),
          "paths",
          "'" + name + "' is no name of a file beside it");
      Path shard = file.resolveSibling(name);
      shards.add(shard);
      bytes += Files.size(shard);
    }
    require(bytes <= 1 << 30, "paths", "are over 1 GiB, too large for a MobileNet");
    ByteBuffer content = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (Path shard : shards) {
      content.put(Files.readAllBytes(shard));
    }
    content.flip();
    for (Object item : list(group.get("weights"), "weights")) {
      Map<?, ?> entry = map(item, "weights");
      String name = String.valueOf(entry.get("name"));
      require(
          "float32".equals(entry.get("dtype")) && !entry.containsKey("quantization"),
          name,
          "is not float32; give a model that is not quantised");
      weights.put(name, tensor(name, list(entry.get("shape"), name), content));
    }
    require(!content.hasRemaining(), "paths", "hold more than the weights");
    return shards;
  }

  private Tensor tensor(String name, List<?> dims, ByteBuffer content) throws FormatException {
    int[] extents = new int[dims.size()];
    long size = 1;
    for (int i = 0; i < extents.length; i++) {
      boolean good = dims.get(i) instanceof Integer extent && extent > 0;
      require(good, name, "has the shape " + dims);
      extents[i] = (Integer) dims.get(i);
      size = Math.min(Integer.MAX_VALUE, size * extents[i]);
    }
    require(size * Float.BYTES <= content.remaining(), name, "is not wholly in the shards");
    float[] values = new float[(int) size];
    for (int i = 0; i < values.length; i++) {
      values[i] = content.getFloat();
      require(Float.isFinite(values[i]), name, "holds " + values[i] + "; use another file");
    }
    return Tensor.of(Shape.of(extents), values);
  }

  private Map<?, ?> map(@Nullable Object value, String what) throws FormatException {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw problem(what, "is missing; give the model.json of a layers model of TensorFlow.js");
  }

  private List<?> list(@Nullable Object value, String what) throws FormatException {
    if (value instanceof List<?> list) {
      return list;
    }
    throw problem(what, "is missing; give the model.json of a layers model of TensorFlow.js");
  }

  private void require(boolean condition, String entry, String what) throws FormatException {
    if (!condition) {
      throw problem(entry, what);
    }
  }

  private FormatException problem(String entry, String what) {
    return new FormatException(file.toString(), entry, -1, what);
  }
}
