package ornstein.diffusion.eval;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import ornstein.engine.io.FormatException;

/**
 * The layers of a network in the order in which Keras wrote them, and whether they do what a
 * MobileNet's do: what a file says otherwise must not be passed over.
 */
final class KerasLayers {
  private static final String PADDING = "ZeroPadding2D";

  /** ((top, bottom), (left, right)). */
  private static final List<List<Integer>> BEHIND = List.of(List.of(0, 1), List.of(0, 1));

  private final Path file;
  private final Map<String, Layer> layers = new LinkedHashMap<>();
  private final Set<String> paddingsUsed = new HashSet<>();
  private @Nullable String last;

  KerasLayers(Path file) {
    this.file = file;
  }

  /**
   * A layer.
   *
   * @param kind its class in Keras
   * @param settings its configuration
   * @param before the name of the one in front of it in the file; null for the first
   */
  private record Layer(String kind, Map<?, ?> settings, @Nullable String before) {}

  /** Adds the next layer. */
  void add(String kind, Map<?, ?> settings) {
    String name = String.valueOf(settings.get("name"));
    layers.put(name, new Layer(kind, settings, last));
    last = name;
  }

  boolean contains(String name) {
    return layers.containsKey(name);
  }

  /** The configuration of a layer that must be there. */
  Map<?, ?> settings(String name) throws FormatException {
    return layer(name).settings();
  }

  private Layer layer(String name) throws FormatException {
    Layer found = layers.get(name);
    if (found == null) {
      throw problem(name, "is missing; give the model.json of a MobileNet of TensorFlow.js");
    }
    return found;
  }

  /** What lies around the images of a convolution, which must be without anything unusual. */
  FoldedConvolution.Padding padding(String name) throws FormatException {
    Layer layer = layer(name);
    Map<?, ?> settings = layer.settings();
    refuseUnless(settings, name, "dilation_rate", List.of(1, 1));
    refuseUnless(settings, name, "activation", "linear");
    refuseUnless(settings, name, "data_format", "channels_last");
    Object padding = settings.get("padding");
    Layer before = layer.before() == null ? null : layers.get(layer.before());
    if (before == null || !before.kind().equals(PADDING)) {
      require("same".equals(padding), name, "has the padding " + padding + ", which is not same");
      return FoldedConvolution.Padding.SAME;
    }
    String in = String.valueOf(layer.before());
    require(
        BEHIND.equals(before.settings().get("padding")),
        in,
        "has the padding " + before.settings().get("padding") + ", not [[0, 1], [0, 1]]");
    require(
        "valid".equals(padding),
        name,
        "has the padding " + padding + " behind " + in + ", which is not valid");
    require(
        List.of(2, 2).equals(settings.get("strides")),
        name,
        "has the strides " + settings.get("strides") + " behind " + in + ", not [2, 2]");
    paddingsUsed.add(in);
    return FoldedConvolution.Padding.ONE_BEHIND;
  }

  /** A setting is as given, or left to Keras, whose default that is; null stands for it too. */
  private void refuseUnless(Map<?, ?> settings, String name, String setting, Object usual)
      throws FormatException {
    Object found = settings.get(setting);
    require(
        found == null || found.equals(usual),
        name,
        "has the " + setting + " " + found + ", which is not " + usual);
  }

  /** Checks that a layer is min(max(x, 0), 6). */
  void requireReLU6(String name) throws FormatException {
    Layer layer = layer(name);
    Map<?, ?> settings = layer.settings();
    boolean clipped =
        switch (layer.kind()) {
          case "Activation" -> "relu6".equals(settings.get("activation"));
          case "ReLU" ->
              settings.get("max_value") instanceof Number most
                  && most.doubleValue() == 6
                  && isZero(settings.get("negative_slope"))
                  && isZero(settings.get("threshold"));
          default -> false;
        };
    require(clipped, name, "is " + layer.kind() + " with " + settings + ", not ReLU6");
  }

  private static boolean isZero(@Nullable Object value) {
    return value == null || (value instanceof Number number && number.doubleValue() == 0);
  }

  /** Checks that all paddings were in front of convolutions that were read. */
  void requirePaddingsUsed() throws FormatException {
    for (Map.Entry<String, Layer> entry : layers.entrySet()) {
      require(
          !entry.getValue().kind().equals(PADDING) || paddingsUsed.contains(entry.getKey()),
          entry.getKey(),
          "is a padding that is not in front of a convolution of a MobileNet");
    }
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
