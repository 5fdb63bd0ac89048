package ornstein.diffusion.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.BatchSampler;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.loss.DiffusionLoss;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.engine.Rng;
import ornstein.nn.optim.Ema;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/** Trains a U-Net on images, by a {@link TrainingLoop}. */
public final class Trainer implements Training<Pipeline> {
  private static final long WEIGHTS = 1;

  private final DiffusionConfig diffusion;
  private final TrainingConfig config;
  private final UNet model;
  private final TrainingLoop loop;

  /**
   * Prepares a run with fresh weights.
   *
   * @param network the network's configuration
   * @param diffusion what it learns
   * @param data the images
   * @param config how to train
   * @throws IllegalArgumentException if the data does not fit the network (size, channels,
   *     classes), or the rate is to be annealed towards a limit that is not set
   */
  public Trainer(
      UNetConfig network, DiffusionConfig diffusion, ImageDataset data, TrainingConfig config) {
    requireFit(network, data, config.objective().labelDropout() > 0);
    diffusion.requireFit(network);
    this.diffusion = diffusion;
    this.config = config;
    this.model = new UNet(network, Rng.of(config.seed()).split(WEIGHTS));
    BatchSampler order = new BatchSampler(data.size(), config.batchSize(), config.seed());
    this.loop =
        new TrainingLoop(
            model,
            diffusion.process(model::forward),
            DiffusionLoss.named(config.objective().loss()),
            TimestepSampler.named(config.objective().timesteps(), diffusion.steps()),
            new ImageBatches(
                data, order, network.numClasses() > 0, config.objective().labelDropout()),
            config);
  }

  private static void requireFit(UNetConfig network, ImageDataset data, boolean dropsLabels) {
    network.requireSize(data.height(), data.width());
    if (network.inChannels() != data.channels()) {
      throw new IllegalArgumentException(
          "the network takes "
              + network.inChannels()
              + " channels, the images have "
              + data.channels());
    }
    if (network.numClasses() > 0 && data.classes() > network.numClasses()) {
      throw new IllegalArgumentException(
          "the network has " + network.numClasses() + " classes, the data " + data.classes());
    }
    if (dropsLabels && network.numClasses() != data.classes() + 1) {
      throw new IllegalArgumentException(
          "to drop labels, the network needs one class more than the data's "
              + data.classes()
              + ", which stands for none; it has "
              + network.numClasses());
    }
    if (network.numClasses() > 0 && data.classes() == 0) {
      throw new IllegalArgumentException("the network has classes, but the images carry no labels");
    }
  }

  @Override
  public TrainingLoop loop() {
    return loop;
  }

  @Override
  public SequencedMap<String, String> configuration() {
    SequencedMap<String, String> m = new LinkedHashMap<>(model.config().toMetadata());
    m.putAll(diffusion.toMetadata());
    return m;
  }

  @Override
  public Pipeline model(Ema average) {
    return Pipeline.of(UNet.of(model.config(), average.stateDict()), diffusion);
  }

  @Override
  public void save(Pipeline pipeline, Path file) throws IOException {
    pipeline.save(file);
  }

  @Override
  public Validation validation(ImageDataset held) {
    requireFit(model.config(), held, false);
    UNet copy = UNet.zeros(model.config());
    int batch = Math.min(config.batchSize(), held.size());
    return new Validation(
        copy,
        diffusion.process(copy::forward),
        DiffusionLoss.named(config.objective().loss()),
        new ImageBatches(
            held,
            new BatchSampler(held.size(), batch, config.seed()),
            model.config().numClasses() > 0,
            0),
        held.size() / batch,
        config.seed());
  }
}
