package ornstein.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.eval.ClassifierFeatures;
import ornstein.diffusion.eval.FeatureExtractor;
import ornstein.diffusion.eval.MobileNetFeatures;
import ornstein.nn.checkpoint.WeightFile;
import picocli.CommandLine.Option;

/** What turns images into the features that distances are measured in. */
final class ExtractorArguments {
  private static final String PIXELS = "pixels";

  /** The classifier of Fashion-MNIST that comes with the program. */
  private static final String BUILT_IN = "fashion-classifier";

  private static final ImageSize BUILT_IN_SIZE = new ImageSize(28, 28);

  @Option(
      names = "--extractor",
      paramLabel = "WHAT",
      description =
          "What turns images into features: pixels, fashion-classifier (built-in, for grey images of"
              + " 28x28), the file of a classifier that train-classifier wrote, that of a"
              + " MobileNetV2 under torchvision's names (safetensors, .pth), or the model.json of a"
              + " MobileNet of TensorFlow.js. Default: fashion-classifier for grey images of 28x28,"
              + " pixels for others.")
  @Nullable String extractor;

  ExtractorArguments() {}

  /**
   * An extractor that was tried.
   *
   * @param extractor the extractor
   * @param first what it gave for one image
   */
  record Tried(FeatureExtractor extractor, FeatureExtractor.Extraction first) {}

  /** The extractor for some images, checked with the first of them. */
  FeatureExtractor extractor(UsageCheck usage, ImageDataset images) throws IOException {
    return tried(usage, images).extractor();
  }

  /** The same with what the check gave. */
  Tried tried(UsageCheck usage, ImageDataset images) throws IOException {
    String named = extractor == null ? usual(images) : extractor;
    FeatureExtractor chosen = named(usage, named);
    return new Tried(chosen, usage.valid(() -> chosen.of(Images.of(images, 0))));
  }

  /** The one place that says what images get where nothing is asked for. */
  private static String usual(ImageDataset images) {
    boolean fits =
        images.channels() == 1
            && new ImageSize(images.height(), images.width()).equals(BUILT_IN_SIZE);
    return fits ? BUILT_IN : PIXELS;
  }

  private static FeatureExtractor named(UsageCheck usage, String named) throws IOException {
    if (named.equals(PIXELS)) {
      return FeatureExtractor.pixels();
    }
    if (named.equals(BUILT_IN)) {
      return ClassifierFeatures.load(BuiltInResource.bytes(BUILT_IN + ".safetensors"), BUILT_IN);
    }
    Path file = Path.of(named);
    usage.require(
        Files.exists(file),
        "--extractor "
            + named
            + " is neither "
            + PIXELS
            + " nor "
            + BUILT_IN
            + " nor a file; check the path");
    return isMobileNet(file) ? MobileNetFeatures.load(file) : ClassifierFeatures.load(file);
  }

  /** What is not a file of this project. */
  private static boolean isMobileNet(Path file) throws IOException {
    if (MobileNetFeatures.isJson(file)) {
      return true;
    }
    try (WeightFile opened = WeightFile.open(file)) {
      return opened.metadata().keySet().stream().noneMatch(key -> key.startsWith("ornstein."));
    }
  }
}
