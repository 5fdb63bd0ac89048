package ornstein.diffusion.train;

import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.loss.Loss;
import ornstein.diffusion.loss.TimestepSampler;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.program.Program;
import ornstein.nn.Module;
import ornstein.nn.optim.Ema;

/**
 * The loss on images that are not trained on, without dropout, at timesteps spread evenly over the
 * chain and with noise that is the same each time: what differs between two measurements is the
 * network alone. It has no effect on the training.
 */
public final class Validation {
  private static final long DRAWS = 3;

  private final Module model;
  private final ReverseProcess process;
  private final Loss loss;
  private final Batches batches;
  private final int count;
  private final Rng rng;
  private @Nullable Recorded recorded;

  /**
   * Prepares the measurement.
   *
   * @param model a network of the same kind as the trained one, into which averages are copied
   * @param process that network as a reverse process
   * @param loss the objective
   * @param batches the images
   * @param count how many batches, at least 1
   * @param seed seed of timesteps and noise
   */
  Validation(
      Module model, ReverseProcess process, Loss loss, Batches batches, int count, long seed) {
    this.model = model;
    this.process = process;
    this.loss = loss;
    this.batches = batches;
    this.count = count;
    this.rng = Rng.of(seed).split(DRAWS);
  }

  /** The losses of a batch as a program, and what it reads. */
  private record Recorded(
      Program losses, Tensor start, Tensor step, Tensor noise, @Nullable Tensor labels) {}

  /**
   * Measures.
   *
   * @param average the averaged weights to measure with
   * @return the mean loss of a sample; NaN or infinite if the network gives such numbers
   */
  public double loss(Ema average) {
    average.stateDict().loadInto(model);
    Recorded r = recorded();
    Shape shape = batches.shape();
    int n = shape.dim(0);
    float[] samples = new float[shape.size()];
    float[] labels = new float[batches.labelled() ? n : 0];
    float[] steps = new float[n];
    float[] weights = new float[n];
    TimestepSampler spread = TimestepSampler.lowDiscrepancy(process.diffusion().steps());
    double sum = 0;
    for (int k = 0; k < count; k++) {
      Rng draws = rng.split(k);
      batches.fill(k, samples, labels);
      spread.draw(draws.split(0).uniform(Shape.of(n)).toArray(), steps, weights);
      r.start.assign(samples);
      r.step.assign(steps);
      r.noise.assign(draws.split(1).normal(shape));
      if (r.labels != null) {
        r.labels.assign(labels);
      }
      r.losses.run();
      for (float l : r.losses.outputs().get(0).toArray()) {
        sum += l;
      }
    }
    return sum / ((double) count * n);
  }

  private Recorded recorded() {
    if (recorded == null) {
      Shape shape = batches.shape();
      Shape perSample = Shape.of(shape.dim(0));
      Tensor start = Tensor.full(shape, 0f);
      Tensor step = Tensor.full(perSample, 1f);
      Tensor noise = Tensor.full(shape, 0f);
      Tensor labels = batches.labelled() ? Tensor.full(perSample, 0f) : null;
      Program losses =
          Program.record(
              () ->
                  Autograd.noGrad(
                      () -> List.of(loss.perSample(process, start, step, noise, labels))));
      recorded = new Recorded(losses, start, step, noise, labels);
    }
    return recorded;
  }
}
