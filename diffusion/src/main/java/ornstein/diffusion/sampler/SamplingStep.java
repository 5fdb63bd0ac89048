package ornstein.diffusion.sampler;

import java.util.function.Supplier;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/**
 * What one step of a sampler made. Its tensors are copied when they are asked for, which must be
 * before the next step: who only counts steps pays nothing.
 */
public final class SamplingStep {
  private final int done;
  private final int total;
  private final int timestep;
  private final Shape shape;
  private final Supplier<Tensor> x;
  private final Supplier<Tensor> start;

  SamplingStep(
      int done, int total, int timestep, Shape shape, Supplier<Tensor> x, Supplier<Tensor> start) {
    this.done = done;
    this.total = total;
    this.timestep = timestep;
    this.shape = shape;
    this.x = x;
    this.start = start;
  }

  /**
   * A step whose tensors are nobody else's.
   *
   * @param done the number of steps done, 1 to {@code total}
   * @param total steps of the run
   * @param timestep the timestep of the original chain that was left
   * @param x the sample after the step
   * @param start the clean data predicted in it
   * @return the step
   */
  public static SamplingStep of(int done, int total, int timestep, Tensor x, Tensor start) {
    return new SamplingStep(done, total, timestep, x.shape(), () -> x, () -> start);
  }

  /**
   * Steps done.
   *
   * @return the number of steps done, this one included, 1 to {@link #total}
   */
  public int done() {
    return done;
  }

  /**
   * Steps of the run.
   *
   * @return their number
   */
  public int total() {
    return total;
  }

  /**
   * Where the step came from.
   *
   * @return the timestep of the original chain that was left, 1 to its length
   */
  public int timestep() {
    return timestep;
  }

  /**
   * The samples' shape.
   *
   * @return [N, …]
   */
  public Shape shape() {
    return shape;
  }

  /**
   * The sample after the step; clean data after the last one.
   *
   * @return a tensor of the caller's own
   * @throws IllegalStateException if the next step has been made
   */
  public Tensor x() {
    return x.get();
  }

  /**
   * x̂<sub>0</sub>, the clean data that the network saw behind the sample before the step.
   *
   * @return a tensor of the caller's own
   * @throws IllegalStateException if the next step has been made
   */
  public Tensor start() {
    return start.get();
  }
}
