package ornstein.diffusion.scheduler;

import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * Samples as a scheduler of diffusers says, whatever timesteps and thresholding the process has:
 * the scheduler has its own. The process gives the network, which must be trained on the
 * scheduler's chain.
 */
public final class SchedulerSampler implements Sampler {
  private final Scheduler scheduler;
  private final int steps;

  /**
   * A sampler.
   *
   * @param scheduler the scheduler
   * @param steps how many steps it makes
   * @throws IllegalArgumentException if the scheduler has no such run
   */
  public SchedulerSampler(Scheduler scheduler, int steps) {
    Scheduler.Run unused = scheduler.begin(steps); // refuses what it cannot do
    this.scheduler = scheduler;
    this.steps = steps;
  }

  /**
   * {@inheritDoc}
   *
   * @param x standard normal noise; it is scaled to what the scheduler begins with
   * @throws IllegalArgumentException if the process is guided, which the schedulers know nothing of
   */
  @Override
  public Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    if (process.guidance() != null) {
      throw new IllegalArgumentException(
          "diffusers' schedulers know nothing of guidance; use another sampler");
    }
    Scheduler.Run run = scheduler.begin(steps);
    float deviation = run.initialDeviation();
    Tensor begun = deviation == 1 ? x : x.mul(deviation);
    return new Iterator<>() {
      private final float[] times = run.timesteps();
      private Tensor now = begun;
      private int done;

      @Override
      public boolean hasNext() {
        return done < times.length;
      }

      @Override
      public SamplingStep next() {
        if (!hasNext()) {
          throw new NoSuchElementException("the run has ended");
        }
        float t = times[done];
        Tensor before = now;
        int left = times.length - done;
        Scheduler.Moved moved =
            Autograd.noGrad(
                () -> {
                  Tensor seen = run.scaleModelInput(before, t);
                  float[] told = new float[before.shape().dim(0)];
                  Arrays.fill(told, t);
                  Tensor output = process.denoise(seen, Tensor.of(told), labels);
                  return run.step(output, t, before, () -> noise.draw(left, before.shape()));
                });
        now = moved.sample();
        done++;
        int timestep = Math.max(1, (int) Math.ceil(t) + 1); // logarithms of σ may be told
        return SamplingStep.of(done, times.length, timestep, now, moved.start());
      }
    };
  }

  @Override
  public String toString() {
    return scheduler.getClass().getSimpleName();
  }
}
