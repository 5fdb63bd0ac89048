package ornstein.diffusion.toy;

import ornstein.diffusion.loss.DiffusionLoss;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.Parameterization;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.Thresholding;
import ornstein.diffusion.process.VarianceModel;
import ornstein.diffusion.schedule.BetaSchedule;
import ornstein.diffusion.train.Batches;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.diffusion.train.TrainingListener;
import ornstein.diffusion.train.TrainingLoop;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.nn.StateDict;
import ornstein.nn.mlp.TimeMlp;

/** A small network that learns a distribution in the plane within seconds. */
public final class PlanarModel {
  private static final int WIDTH = 128;
  private static final int DEPTH = 3;
  private static final long WEIGHTS = 1;
  private static final long POINTS = 3;

  private final TrainingLoop loop;
  private final TimeMlp trained;
  private final BetaSchedule schedule;
  private final Parameterization head;
  private final TrainingConfig config;

  /**
   * Prepares to learn.
   *
   * @param data the distribution; every batch is drawn anew
   * @param schedule the noise
   * @param head what the network's output estimates
   * @param config how to train
   */
  public PlanarModel(
      PlanarData data, BetaSchedule schedule, Parameterization head, TrainingConfig config) {
    this.schedule = schedule;
    this.head = head;
    this.config = config;
    this.trained = network(config);
    this.loop =
        new TrainingLoop(
            trained,
            process(trained),
            DiffusionLoss.named(config.objective().loss()),
            TimestepSampler.named(config.objective().timesteps(), schedule.steps()),
            new Drawn(data, config),
            config);
  }

  private static TimeMlp network(TrainingConfig config) {
    return new TimeMlp(2, 2, WIDTH, DEPTH, 0, Rng.of(config.seed()).split(WEIGHTS));
  }

  private ReverseProcess process(TimeMlp network) {
    return new ReverseProcess(
        GaussianDiffusion.of(schedule),
        Denoiser.recordable(network::forward),
        head,
        VarianceModel.FIXED_SMALL,
        Thresholding.none());
  }

  /**
   * Trains until a limit is reached or {@link #stop} is called.
   *
   * @param listener follows the run
   */
  public void train(TrainingListener listener) {
    loop.run(listener);
  }

  /** Asks the training to end soon; may be called from any thread. */
  public void stop() {
    loop.stop();
  }

  /**
   * The learned reverse process, of the averaged weights as they are now.
   *
   * @return the process along the whole chain, its predictions unbounded
   */
  public ReverseProcess process() {
    TimeMlp averaged = network(config);
    StateDict weights = loop.ema().stateDict();
    weights.loadInto(averaged);
    return process(averaged);
  }

  /** Points without end: a batch is a function of the seed and the step. */
  private record Drawn(PlanarData data, TrainingConfig config) implements Batches {
    @Override
    public Shape shape() {
      return Shape.of(config.batchSize(), 2);
    }

    @Override
    public boolean labelled() {
      return false;
    }

    @Override
    public String fingerprint() {
      return data.name();
    }

    @Override
    public void fill(long step, float[] samples, float[] labels) {
      float[] parts = new float[samples.length / 2];
      data.draw(Rng.of(config.seed()).split(POINTS).split(step), samples, parts);
    }
  }
}
