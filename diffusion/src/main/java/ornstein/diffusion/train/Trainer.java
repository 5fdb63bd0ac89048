package ornstein.diffusion.train;

import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.BatchSampler;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.loss.DiffusionLoss;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.engine.Rng;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/** Trains a U-Net on images, by a {@link TrainingLoop}. */
public final class Trainer {
  private static final long WEIGHTS = 1;

  private final DiffusionConfig diffusion;
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

  /**
   * Asks a run to end after the step at work, or the next one before its first step if none is at
   * work; may be called from any thread.
   */
  public void stop() {
    loop.stop();
  }

  /**
   * Trains until a limit is reached or {@link #stop} is called. A later call goes on from there; a
   * time limit counts for each call anew.
   *
   * @param listener follows the run
   * @throws TrainingException if the loss or a gradient is no longer finite; the weights are then
   *     those of the step before
   */
  public void run(TrainingListener listener) {
    loop.run(listener);
  }

  /**
   * Steps done so far.
   *
   * @return the count
   */
  public long steps() {
    return loop.steps();
  }

  /**
   * The model with the averaged weights as they are now; later steps do not change it.
   *
   * @return a pipeline of its own copy of the weights
   */
  public Pipeline pipeline() {
    return Pipeline.of(UNet.of(model.config(), loop.ema().stateDict()), diffusion);
  }
}
