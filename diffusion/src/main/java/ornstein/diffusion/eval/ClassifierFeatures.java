package ornstein.diffusion.eval;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import ornstein.diffusion.NoisyClassifier;
import ornstein.diffusion.data.Images;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.io.FormatException;

/**
 * The features that a classifier turns into classes by its last linear map, and the probabilities
 * of these classes. The classifier is told the time 0, where images are clean.
 */
public final class ClassifierFeatures implements FeatureExtractor {
  private final NoisyClassifier classifier;
  private final String description;
  private final String digest;

  private ClassifierFeatures(NoisyClassifier classifier, String description, String digest) {
    this.classifier = classifier;
    this.description = description;
    this.digest = digest;
  }

  /**
   * Reads a classifier.
   *
   * @param file a file that {@link NoisyClassifier#save(Path)} wrote
   * @return its features
   * @throws FormatException if the file is damaged or no classifier; the message names the file
   * @throws IOException if it is missing or cannot be read
   */
  public static ClassifierFeatures load(Path file) throws IOException {
    return of(NoisyClassifier.load(file), file.toString(), FileDigest.of(file));
  }

  /**
   * Reads a classifier from the bytes of its file, such as a resource of a jar.
   *
   * @param content the bytes of a file that {@link NoisyClassifier#save(Path)} wrote
   * @param name what it is called beside figures and in messages
   * @return its features
   * @throws FormatException if they are damaged or no classifier
   */
  public static ClassifierFeatures load(byte[] content, String name) throws FormatException {
    String digest = HexFormat.of().formatHex(FileDigest.sha256().digest(content));
    return of(NoisyClassifier.load(content, name), name, digest);
  }

  private static ClassifierFeatures of(NoisyClassifier classifier, String name, String digest) {
    String description =
        "classifier "
            + name
            + (classifier.noisy() ? " (of noisy images, at time 0)" : "")
            + ", sha256 "
            + digest.substring(0, 12);
    return new ClassifierFeatures(classifier, description, digest);
  }

  @Override
  public Extraction of(Images images) {
    int height = classifier.model().height();
    int width = classifier.model().width();
    int channels = classifier.model().config().inChannels();
    if (images.height() != height || images.width() != width || images.channels() != channels) {
      throw new IllegalArgumentException(
          String.format(
              "the extractor, %s, takes images of %dx%d with %d channels, not of %dx%d with %d; train"
                  + " one for these with train-classifier",
              description,
              height,
              width,
              channels,
              images.height(),
              images.width(),
              images.channels()));
    }
    byte[] pixels = images.pixels();
    float[] x = new float[pixels.length];
    for (int i = 0; i < x.length; i++) {
      x[i] = (pixels[i] & 0xff) / 127.5f - 1;
    }
    int n = images.count();
    return Autograd.noGrad(
        () -> {
          Tensor features =
              classifier
                  .model()
                  .features(Tensor.of(Shape.of(n, height, width, channels), x), Tensor.zeros(n));
          Tensor chances = Functional.softmax(classifier.model().classify(features));
          return new Extraction(features(features), features(chances));
        });
  }

  /** Rows [N, D] as features. */
  static Features features(Tensor rows) {
    float[] values = rows.toArray();
    double[] exact = new double[values.length];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = values[i];
    }
    return Features.of(exact, rows.shape().dim(1));
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
