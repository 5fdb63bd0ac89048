package ornstein.diffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.guidance.GradientGuidance;
import ornstein.diffusion.guidance.LogLikelihood;
import ornstein.diffusion.process.Guidance;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;
import ornstein.engine.io.DType;
import ornstein.engine.io.FormatException;
import ornstein.nn.checkpoint.Checkpoint;
import ornstein.nn.checkpoint.NetworkKind;
import ornstein.nn.unet.EncoderUNet;

/**
 * A trained classifier of noisy images, which pulls samples towards a class (Dhariwal and Nichol
 * 2021, section 4), or of clean ones, which tells how good samples are ({@link
 * ornstein.diffusion.eval.ClassifierFeatures}). Safe for use by several threads at once.
 */
public final class NoisyClassifier {
  private static final String NOISE = "diffusion.noise";
  private static final String NONE = "none";

  private final EncoderUNet model;
  private final DiffusionConfig config;
  private final boolean noisy;

  private NoisyClassifier(EncoderUNet model, DiffusionConfig config, boolean noisy) {
    this.model = model;
    this.config = config;
    this.noisy = noisy;
  }

  /**
   * Puts a network and its configuration together.
   *
   * @param model the network
   * @param config how images were noised in training
   * @return the classifier
   * @throws IllegalArgumentException if they do not {@linkplain #requireFit fit}
   */
  public static NoisyClassifier of(EncoderUNet model, DiffusionConfig config) {
    requireFit(model, config);
    return new NoisyClassifier(model, config, true);
  }

  /**
   * A classifier that was trained on clean images only.
   *
   * @param model the network, which was told the time 0
   * @param config size and classes; the noise that it has as well is of no account
   * @return the classifier
   * @throws IllegalArgumentException if they do not {@linkplain #requireFit fit}
   */
  public static NoisyClassifier ofClean(EncoderUNet model, DiffusionConfig config) {
    requireFit(model, config);
    return new NoisyClassifier(model, config, false);
  }

  /**
   * Checks that a network and a configuration are of the same images.
   *
   * @param model the network
   * @param config the configuration
   * @throws IllegalArgumentException if size or classes differ
   */
  public static void requireFit(EncoderUNet model, DiffusionConfig config) {
    if (model.height() != config.height() || model.width() != config.width()) {
      throw new IllegalArgumentException(
          "a classifier of "
              + model.height()
              + "x"
              + model.width()
              + " images for a process of "
              + config.height()
              + "x"
              + config.width());
    }
    int classes = config.classNames().size();
    if (classes != model.config().outChannels()) {
      throw new IllegalArgumentException(
          "the classifier tells "
              + model.config().outChannels()
              + " classes apart, and "
              + classes
              + " are named");
    }
  }

  /**
   * Reads a classifier.
   *
   * @param file a file that {@link #save(Path)} wrote
   * @return the classifier
   * @throws FormatException if the file is damaged or no classifier; the message names the file
   * @throws IOException if it is missing or cannot be read
   */
  public static NoisyClassifier load(Path file) throws IOException {
    return of(Checkpoint.load(NetworkKind.CLASSIFIER, file), file.toString());
  }

  /**
   * Reads a classifier from the bytes of its file, such as a resource of a jar.
   *
   * @param content the bytes of a file that {@link #save(Path)} wrote; not changed, and not needed
   *     afterwards
   * @param source where they come from, for messages
   * @return the classifier
   * @throws FormatException if they are damaged or no classifier
   */
  public static NoisyClassifier load(byte[] content, String source) throws FormatException {
    return of(Checkpoint.load(NetworkKind.CLASSIFIER, content, source), source);
  }

  private static NoisyClassifier of(Checkpoint<EncoderUNet> checkpoint, String source)
      throws FormatException {
    try {
      DiffusionConfig config = DiffusionConfig.fromMetadata(checkpoint.metadata());
      boolean clean = NONE.equals(checkpoint.metadata().get(NOISE));
      return clean ? ofClean(checkpoint.model(), config) : of(checkpoint.model(), config);
    } catch (IllegalArgumentException e) {
      throw new FormatException(source, null, -1, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Writes the classifier: weights and both configurations in one safetensors file.
   *
   * @param file the file to create or replace; on failure an old one stays as it was
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    save(file, DType.F32);
  }

  /**
   * Writes the classifier with weights of another type.
   *
   * @param file the file to create or replace; on failure an old one stays as it was
   * @param type F32, which keeps every bit, or F16 or BF16, which halve the file and round
   * @throws IllegalArgumentException if the type is another, or a weight is beyond its range
   * @throws IOException if it cannot be written
   */
  public void save(Path file, DType type) throws IOException {
    new Checkpoint<>(NetworkKind.CLASSIFIER, model, metadata(config, noisy)).save(file, type);
  }

  /**
   * What a classifier's file says beside the network's configuration.
   *
   * @param config how images were noised in training
   * @param noisy whether they were
   * @return texts for a file's metadata
   */
  public static SequencedMap<String, String> metadata(DiffusionConfig config, boolean noisy) {
    SequencedMap<String, String> m = new LinkedHashMap<>(config.toMetadata());
    if (!noisy) {
      m.put(NOISE, NONE);
    }
    return m;
  }

  /**
   * Whether it was trained on noisy images.
   *
   * @return true if it was; false if it knows clean images only and cannot guide
   */
  public boolean noisy() {
    return noisy;
  }

  /**
   * How images were noised in training.
   *
   * @return the configuration
   */
  public DiffusionConfig config() {
    return config;
  }

  /**
   * The network.
   *
   * @return the network
   */
  public EncoderUNet model() {
    return model;
  }

  /**
   * How likely each class is.
   *
   * @param x noisy images [N, H, W, C]
   * @param time [N], their time as networks are told it
   * @return log p(y|x<sub>t</sub>), [N, classes]
   */
  public Tensor logProbabilities(Tensor x, Tensor time) {
    return Functional.logSoftmax(model.forward(x, time));
  }

  /**
   * Guidance towards the classes that the samples are labelled with, or all towards one.
   *
   * @param weight w, the factor on ∇ log p(y|x<sub>t</sub>); 1 is Bayes' rule, larger makes classes
   *     clearer
   * @param form where the gradient enters
   * @param label the class of all samples, for a network that is not told classes; null for their
   *     own labels
   * @return the guidance
   * @throws IllegalArgumentException if the weight is not finite, the label no class, or the
   *     classifier was trained on clean images
   */
  public Guidance guidance(double weight, Guidance.Form form, @Nullable Integer label) {
    if (!noisy) {
      throw new IllegalArgumentException(
          "the classifier was trained on clean images and cannot see through noise; train one with"
              + " train-classifier --model");
    }
    if (label != null && (label < 0 || label >= config.classNames().size())) {
      throw new IllegalArgumentException(
          "the classifier knows classes 0 to "
              + (config.classNames().size() - 1)
              + ", not "
              + label);
    }
    LogLikelihood likelihood =
        (images, time, labels) -> {
          Tensor wanted = label == null ? labels : constant(label, images.shape().dim(0));
          if (wanted == null) {
            throw new IllegalArgumentException(
                "a classifier pulls towards a class, and the samples have none; name one");
          }
          return Functional.crossEntropy(model.forward(images, time), wanted).neg();
        };
    return GradientGuidance.ofNoisy(likelihood, weight, form);
  }

  private static Tensor constant(int label, int count) {
    float[] labels = new float[count];
    Arrays.fill(labels, label);
    return Tensor.of(labels);
  }
}
