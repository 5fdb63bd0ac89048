package ornstein.diffusion.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import ornstein.diffusion.data.Images;
import ornstein.engine.Shape;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import ornstein.engine.io.SafeTensorsWriter;

/** Against a network that PyTorch evaluated (mobilenet.py makes all files). */
class MobileNetFeaturesTest {
  @TempDir Path folder;

  private static Path resource(String name) {
    try {
      return Path.of(MobileNetFeaturesTest.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Images images(SafeTensors file, String name) throws IOException {
    Shape shape = file.shape(name);
    byte[] pixels = new byte[shape.size()];
    long[] values = file.longs(name);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return Images.of(shape, pixels);
  }

  @ParameterizedTest
  @CsvSource({
    "colour, mobilenet_v2.safetensors, ''", "grey, mobilenet_v2.safetensors, ''",
    "colour, mobilenet_v1/model.json, _v1", "grey, mobilenet_v1/model.json, _v1"
  })
  void featuresAndProbabilitiesAreThoseOfPyTorch(String kind, String network, String version)
      throws IOException {
    MobileNetFeatures extractor = MobileNetFeatures.load(resource(network));
    String side = version.isEmpty() ? "16x16" : "18x18";
    assertTrue(
        extractor.description().contains("bilinearly to " + side + ", grey as three equal"),
        extractor.description());
    try (SafeTensors expected = SafeTensors.open(resource("mobilenet_expected.safetensors"))) {
      FeatureExtractor.Extraction found = extractor.of(images(expected, kind));
      requireEqual(expected, kind + version + "_features", found.features());
      assertNotNull(found.probabilities());
      requireEqual(expected, kind + version + "_probabilities", found.probabilities());
      // Features of two images differ far more than the tolerance: the whole network counts.
      assertTrue(found.features().squaredDistance(0, found.features(), 1) > 0.01);
    }
  }

  private static void requireEqual(SafeTensors expected, String name, Features found)
      throws IOException {
    assertEquals(expected.shape(name), Shape.of(found.count(), found.dimensions()));
    double[] values = expected.doubles(name);
    for (int i = 0; i < values.length; i++) {
      double actual = found.at(i / found.dimensions(), i % found.dimensions());
      assertEquals(values[i], actual, 1e-5, name + " at " + i);
    }
  }

  @Test
  void aBatchLargerThanWhatIsComputedAtOnceGivesTheSame() throws IOException {
    MobileNetFeatures extractor = MobileNetFeatures.load(resource("mobilenet_v2.safetensors"));
    try (SafeTensors expected = SafeTensors.open(resource("mobilenet_expected.safetensors"))) {
      Images three = images(expected, "colour");
      Images many = Images.concat(List.of(three, three, three, three));
      Features all = extractor.of(many).features();
      Features first = extractor.of(three).features();
      assertEquals(12, all.count());
      for (int i = 0; i < all.count() * all.dimensions(); i++) {
        int d = i % all.dimensions();
        assertEquals(first.at(i / all.dimensions() % 3, d), all.at(i / all.dimensions(), d));
      }
    }
  }

  /** Copies the network without or with other tensors and texts. */
  private Path changed(Predicate<String> kept, String strides, boolean more) throws IOException {
    Path file = folder.resolve("changed.safetensors");
    try (SafeTensors original = SafeTensors.open(resource("mobilenet_v2.safetensors"))) {
      SafeTensorsWriter writer = new SafeTensorsWriter();
      for (String name : original.names()) {
        if (kept.test(name)) {
          writer.f32(name, original.shape(name), original.floats(name));
        }
      }
      if (more) {
        writer.f32("features.9.block.0.weight", Shape.of(1), new float[1]);
      }
      if (!strides.isEmpty()) {
        writer.metadata(TorchvisionMobileNet.STRIDES, strides);
      }
      writer.write(file);
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          classifier.1.bias | 2,1,2,1,1,1 | 'classifier.1.bias': is missing
          features.2.conv.1.1.running_var | 2,1,2,1,1,1 | 'features.2.conv.1.1.running_var': is missing
          features.0.0.weight | 2,1,2,1,1,1 | nor a MobileNetV2 under torchvision's names
          none | 2,1,2 | 'mobilenet.strides': are not those of 6 blocks
          none | 2,1,2,x,1,1 | '2,1,2,x,1,1' are no strides
          none | '' | has 6 blocks where MobileNetV2 has 19, so its strides are unknown
          """)
  void filesThatAreNoSuchNetworkAreRefused(String left, String strides, String message)
      throws IOException {
    Path file = changed(name -> !name.equals(left), strides, false);
    String said =
        assertThrows(FormatException.class, () -> MobileNetFeatures.load(file)).getMessage();
    assertTrue(said.startsWith(file + ": ") && said.contains(message), said);
  }

  @Test
  void tensorsOfAnotherNetworkAreRefused() throws IOException {
    Path file = changed(name -> true, "2,1,2,1,1,1", true);
    String said =
        assertThrows(FormatException.class, () -> MobileNetFeatures.load(file)).getMessage();
    assertTrue(said.contains("'features.9.block.0.weight': is no part of a MobileNetV2"), said);
    MobileNetFeatures extractor = MobileNetFeatures.load(resource("mobilenet_v2.safetensors"));
    Images transparent = Images.of(Shape.of(1, 4, 4, 4), new byte[64]);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> extractor.of(transparent))
            .getMessage()
            .contains("give --channels 3"));
  }

  private static final String FIRST =
      "{\"class_name\": \"Conv2D\", \"config\": {\"name\": \"conv1\", \"strides\": [2, 2], \"padding\": \"%s\"}}";

  private static String padding(String name, String sides) {
    return "{\"class_name\": \"ZeroPadding2D\", \"config\": {\"name\": \""
        + name
        + "\", \"padding\": "
        + sides
        + "}}, ";
  }

  /** Copies the layers with another text in place of the first one like it. */
  private Path changedLayers(String from, String to) throws IOException {
    Path original = resource("mobilenet_v1/model.json");
    for (String shard : List.of("group1-shard1of2.bin", "group1-shard2of2.bin")) {
      Files.copy(original.resolveSibling(shard), folder.resolve(shard));
    }
    Path file = folder.resolve("model.json");
    String text = Files.readString(original);
    int at = text.indexOf(from);
    assertTrue(at >= 0, from);
    Files.writeString(file, text.substring(0, at) + to + text.substring(at + from.length()));
    return file;
  }

  /** Of an even side, 18, one zero behind is what "same" means. */
  @Test
  void aPaddingInFrontOfAConvolutionIsRead() throws IOException {
    String padded = padding("conv1_pad", "[[0, 1], [0, 1]]") + String.format(FIRST, "valid");
    Path file = changedLayers(String.format(FIRST, "same"), padded);
    try (SafeTensors expected = SafeTensors.open(resource("mobilenet_expected.safetensors"))) {
      Features found = MobileNetFeatures.load(file).of(images(expected, "colour")).features();
      requireEqual(expected, "colour_v1_features", found);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [[1, 1], [1, 1]] | valid | 'conv1_pad': has the padding [[1, 1], [1, 1]], not [[0, 1], [0, 1]]
          [[0, 1], [0, 1]] | same  | 'conv1': has the padding same behind conv1_pad
          """)
  void otherPaddingsAreRefused(String sides, String kind, String message) throws IOException {
    String padded = padding("conv1_pad", sides) + String.format(FIRST, kind);
    Path file = changedLayers(String.format(FIRST, "same"), padded);
    String said =
        assertThrows(FormatException.class, () -> MobileNetFeatures.load(file)).getMessage();
    assertTrue(said.contains(message), said);
  }

  @Test
  void aPaddingElsewhereIsRefused() throws IOException {
    String norm = "{\"class_name\": \"BatchNormalization\"";
    Path file = changedLayers(norm, padding("more", "[[0, 1], [0, 1]]") + norm);
    String said =
        assertThrows(FormatException.class, () -> MobileNetFeatures.load(file)).getMessage();
    assertTrue(said.contains("'more': is a padding that is not in front of"), said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "name": "conv_pw_2"     | "name": "conv_pw_x"            | 'conv_pw_2': is missing
          "conv_dw_1_bn/gamma"    | "conv_dw_1_bn/delta"           | 'conv_dw_1_bn/gamma': is missing
          "strides": [2, 2]       | "strides": [2, 9]              | 'conv1': has the strides [2, 9]
          "epsilon": 0.001        | "epsilon": "much"              | 'conv1_bn': has the epsilon much
          group1-shard2of2.bin    | ../group1-shard2of2.bin        | is no name of a file beside it
          "shape": [3, 3, 3, 8]   | "shape": [3, 3, 3, 9]          | 'conv_preds/kernel': is not wholly in the shards
          "shape": [3, 3, 3, 8]   | "shape": [3, 3, 4, 6]          | which does not go with 3 channels
          "shape": [3, 3, 3, 8]   | "shape": [3, 3, 3, 9000000]    | is not wholly in the shards
          "dtype": "float32"      | "dtype": "uint8"               | is not float32
          [null, 18, 18, 3]       | [null, 18, 17, 3]              | not of square images in colour
          "padding": "same"       | "padding": "valid"             | 'conv1': has the padding valid, which is not same
          "padding": "same"       | "padding": "same", "dilation_rate": [2, 2] | 'conv1': has the dilation_rate [2, 2]
          "padding": "same"       | "padding": "same", "activation": "relu" | 'conv1': has the activation relu
          "activation": "relu6"   | "activation": "relu"           | 'conv1_relu': is Activation with
          "name": "conv_pw_1_relu" | "name": "other"               | 'conv_pw_1_relu': is missing
          "Activation", "config": {"name": "conv1_relu", | "ReLU", "config": {"name": "conv1_relu", "max_value": 4.0, | 'conv1_relu': is ReLU with
          "modelTopology"         | "other"                        | 'modelTopology': is missing
          """)
  void layersThatAreNoSuchNetworkAreRefused(String from, String to, String message)
      throws IOException {
    Path file = changedLayers(from, to);
    String said =
        assertThrows(FormatException.class, () -> MobileNetFeatures.load(file)).getMessage();
    assertTrue(said.startsWith(file + ": ") && said.contains(message), said);
  }
}
