package ornstein.diffusion.eval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import ornstein.diffusion.data.Images;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.io.FormatException;
import ornstein.nn.checkpoint.WeightFile;

/**
 * What a MobileNet that was trained elsewhere sees in images: the pooled features before its last
 * linear map, and the probabilities of its classes. Images of any size are resized bilinearly to
 * the network's, a grey one becomes three equal channels, and values are normalised as the network
 * was trained: with the mean and deviation of ImageNet for torchvision's, to [−1, 1] for
 * TensorFlow's.
 */
public final class MobileNetFeatures implements FeatureExtractor {
  private static final String SIZE = "mobilenet.size";
  private static final int PUBLISHED_SIZE = 224;

  /** The largest side of an input. */
  static final int MOST_PIXELS = 1024;

  private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
  private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

  /** Images at once: more of the published size take hundreds of megabytes. */
  private static final int BATCH = 8;

  private final MobileNet network;
  private final int side;
  private final boolean imageNet;
  private final String description;
  private final String digest;

  private MobileNetFeatures(
      String kind, Path file, MobileNet network, int side, boolean imageNet, String digest) {
    this.network = network;
    this.side = side;
    this.imageNet = imageNet;
    this.digest = digest;
    this.description =
        String.format(
            "%s %s (resized bilinearly to %dx%d, grey as three equal channels), sha256 %s",
            kind, file, side, side, digest.substring(0, 12));
  }

  /**
   * Reads a network: a MobileNetV2 with torchvision's names from safetensors, a PyTorch file or
   * npz, or the {@code model.json} of a MobileNet that TensorFlow.js stores as a layers model. The
   * size of the first one's input is 224 or what the metadata has under {@code mobilenet.size}; its
   * strides are the published ones or the metadata's {@code mobilenet.strides}, one for each of
   * {@code features.N}.
   *
   * @param file the file
   * @return its features
   * @throws FormatException if it is damaged or no such network; the message names the file and
   *     what is wrong
   * @throws IOException if it is missing or cannot be read
   */
  public static MobileNetFeatures load(Path file) throws IOException {
    return isJson(file) ? layers(file) : torchvision(file);
  }

  /**
   * Whether a file is to be read as one of TensorFlow.js.
   *
   * @param file the file
   * @return whether its name ends in {@code .json}
   */
  public static boolean isJson(Path file) {
    return file.toString().endsWith(".json");
  }

  private static MobileNetFeatures layers(Path file) throws IOException {
    LayersMobileNet.Model model = LayersMobileNet.read(file);
    List<Path> all = new ArrayList<>(List.of(file));
    all.addAll(model.shards());
    String digest = FileDigest.of(all.toArray(Path[]::new));
    return new MobileNetFeatures("MobileNet", file, model.network(), model.side(), false, digest);
  }

  private static MobileNetFeatures torchvision(Path file) throws IOException {
    try (WeightFile opened = WeightFile.open(file)) {
      if (!TorchvisionMobileNet.recognises(opened.weights())) {
        throw new FormatException(
            file.toString(),
            null,
            -1,
            "holds neither a classifier that train-classifier wrote nor a MobileNetV2 under"
                + " torchvision's names");
      }
      MobileNet network = TorchvisionMobileNet.read(file, opened.weights(), opened.metadata());
      int side = side(file, opened.metadata().getOrDefault(SIZE, "" + PUBLISHED_SIZE));
      return new MobileNetFeatures("MobileNetV2", file, network, side, true, FileDigest.of(file));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static int side(Path file, String text) throws FormatException {
    if (!text.matches("[1-9][0-9]{0,3}") || Integer.parseInt(text) > MOST_PIXELS) {
      throw new FormatException(
          file.toString(), SIZE, -1, "must be from 1 to " + MOST_PIXELS + ", not '" + text + "'");
    }
    return Integer.parseInt(text);
  }

  @Override
  public Extraction of(Images images) {
    int channels = images.channels();
    if (channels != 1 && channels != 3) {
      throw new IllegalArgumentException(
          "the extractor, "
              + description
              + ", takes images of 1 or 3 channels, not of "
              + channels
              + "; give --channels 3");
    }
    byte[] pixels = images.pixels();
    int each = pixels.length / images.count();
    List<Features> features = new ArrayList<>();
    List<Features> probabilities = new ArrayList<>();
    for (int first = 0; first < images.count(); first += BATCH) {
      int n = Math.min(BATCH, images.count() - first);
      float[] x = new float[n * each];
      for (int i = 0; i < x.length; i++) {
        x[i] = (pixels[first * each + i] & 0xff) / 255f;
      }
      Tensor batch = Tensor.of(Shape.of(n, images.height(), images.width(), channels), x);
      Extraction found =
          Autograd.noGrad(
              () -> {
                Tensor pooled = network.features(input(batch));
                return new Extraction(
                    ClassifierFeatures.features(pooled),
                    ClassifierFeatures.features(network.probabilities(pooled)));
              });
      features.add(found.features());
      Features chances = found.probabilities();
      if (chances != null) {
        probabilities.add(chances);
      }
    }
    return new Extraction(Features.concat(features), Features.concat(probabilities));
  }

  private Tensor input(Tensor images) {
    Tensor resized = Functional.resizeBilinear(images, side, side);
    Tensor colour =
        images.shape().dim(3) == 3 ? resized : Tensor.concat(3, List.of(resized, resized, resized));
    return imageNet
        ? colour.sub(Tensor.of(MEAN, 1, 1, 1, 3)).div(Tensor.of(DEVIATION, 1, 1, 1, 3))
        : colour.affine(2, -1);
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public String digest() {
    return digest;
  }
}
