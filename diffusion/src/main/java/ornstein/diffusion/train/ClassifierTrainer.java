package ornstein.diffusion.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.NoisyClassifier;
import ornstein.diffusion.data.BatchSampler;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.loss.ClassifierLoss;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Rng;
import ornstein.nn.StateDict;
import ornstein.nn.Weights;
import ornstein.nn.checkpoint.NetworkKind;
import ornstein.nn.optim.Ema;
import ornstein.nn.unet.EncoderUNet;
import ornstein.nn.unet.UNetConfig;

/**
 * Trains a classifier of noisy images at all levels of noise (Dhariwal and Nichol 2021, section 4),
 * or of clean images, by a {@link TrainingLoop}.
 */
public final class ClassifierTrainer implements Training<NoisyClassifier> {
  private static final long WEIGHTS = 1;

  private final DiffusionConfig diffusion;
  private final boolean noisy;
  private final TrainingConfig config;
  private final EncoderUNet model;
  private final TrainingLoop loop;

  /**
   * Prepares a run with fresh weights.
   *
   * @param network the encoder's configuration; its output channels are the classes
   * @param diffusion how images are noised: as the model to be guided was trained
   * @param data the images
   * @param config how to train; of its objective, how timesteps are drawn
   * @throws IllegalArgumentException if the images have no labels or do not fit the network
   */
  public ClassifierTrainer(
      UNetConfig network, DiffusionConfig diffusion, ImageDataset data, TrainingConfig config) {
    this(network, diffusion, true, data, config);
  }

  /**
   * Prepares a run on clean images with fresh weights.
   *
   * @param network the encoder's configuration; its output channels are the classes
   * @param data the images
   * @param config how to train
   * @return the trainer
   * @throws IllegalArgumentException if the images have no labels or do not fit the network
   */
  public static ClassifierTrainer ofClean(
      UNetConfig network, ImageDataset data, TrainingConfig config) {
    DiffusionConfig none = DiffusionConfig.defaults(data.height(), data.width(), data.classNames());
    return new ClassifierTrainer(network, none, false, data, config);
  }

  private ClassifierTrainer(
      UNetConfig network,
      DiffusionConfig diffusion,
      boolean noisy,
      ImageDataset data,
      TrainingConfig config) {
    this.noisy = noisy;
    if (data.classes() < 2) {
      throw new IllegalArgumentException(
          "a classifier needs images of two classes at least, these have " + data.classes());
    }
    this.diffusion = diffusion;
    this.config = config;
    this.model =
        new EncoderUNet(network, data.height(), data.width(), Rng.of(config.seed()).split(WEIGHTS));
    NoisyClassifier.requireFit(model, diffusion);
    if (network.inChannels() != data.channels()) {
      throw new IllegalArgumentException(
          "the network takes "
              + network.inChannels()
              + " channels, the images have "
              + data.channels());
    }
    BatchSampler order = new BatchSampler(data.size(), config.batchSize(), config.seed());
    this.loop =
        new TrainingLoop(
            model,
            noised(diffusion),
            new ClassifierLoss(model::forward, noisy),
            TimestepSampler.named(config.objective().timesteps(), diffusion.steps()),
            new ImageBatches(data, order, true, 0),
            config);
  }

  @Override
  public TrainingLoop loop() {
    return loop;
  }

  @Override
  public SequencedMap<String, String> configuration() {
    SequencedMap<String, String> m = new LinkedHashMap<>(NetworkKind.CLASSIFIER.toMetadata(model));
    m.putAll(NoisyClassifier.metadata(diffusion, noisy));
    return m;
  }

  @Override
  public NoisyClassifier model(Ema average) {
    EncoderUNet averaged = copy(average.stateDict());
    return noisy
        ? NoisyClassifier.of(averaged, diffusion)
        : NoisyClassifier.ofClean(averaged, diffusion);
  }

  private EncoderUNet copy(Weights weights) {
    return EncoderUNet.of(model.config(), model.height(), model.width(), weights);
  }

  @Override
  public void save(NoisyClassifier classifier, Path file) throws IOException {
    classifier.save(file);
  }

  @Override
  public Validation validation(ImageDataset held) {
    EncoderUNet copy = copy(StateDict.of(model));
    int batch = Math.min(config.batchSize(), held.size());
    BatchSampler order = new BatchSampler(held.size(), batch, config.seed());
    return new Validation(
        copy,
        noised(diffusion),
        new ClassifierLoss(copy::forward, noisy),
        new ImageBatches(held, order, true, 0),
        held.size() / batch,
        config.seed());
  }

  /** The process whose noise the classifier sees; nothing is denoised. */
  private static ReverseProcess noised(DiffusionConfig diffusion) {
    return diffusion.process(
        (x, time, labels) -> {
          throw new IllegalStateException("a classifier is trained without a denoiser");
        });
  }
}
