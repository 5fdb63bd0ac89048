package ornstein.diffusion.sampler;

import java.util.Iterator;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Tensor;

/**
 * Turns noise into samples along a reverse process. A sampler has no state of its own: one instance
 * may serve several threads.
 */
@FunctionalInterface
public interface Sampler {

  /**
   * The steps of one run, from the noisiest to clean data. Each is computed when it is asked for;
   * whoever stops asking has cancelled.
   *
   * @param process the reverse process; its chain decides which timesteps are visited
   * @param x x<sub>T</sub>, standard normal, [N, …]
   * @param labels [N], class numbers held as floats, or null without classes
   * @param noise where fresh noise comes from
   * @return the steps, as many as the chain has
   */
  Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise);

  /**
   * Samples to the end.
   *
   * @param process the reverse process; its chain decides which timesteps are visited
   * @param x x<sub>T</sub>, standard normal, [N, …]
   * @param labels [N], class numbers held as floats, or null without classes
   * @param noise where fresh noise comes from
   * @return x<sub>0</sub>, of the shape of x
   * @throws CancellationException if the thread is interrupted, which it then still is
   */
  default Tensor sample(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    return sample(process, x, labels, noise, step -> true);
  }

  /**
   * Samples to the end, or until a listener has had enough or the thread is interrupted, which is
   * looked at before each step.
   *
   * @param process the reverse process; its chain decides which timesteps are visited
   * @param x x<sub>T</sub>, standard normal, [N, …]
   * @param labels [N], class numbers held as floats, or null without classes
   * @param noise where fresh noise comes from
   * @param listener sees every step as soon as it is done
   * @return x<sub>0</sub>, of the shape of x
   * @throws CancellationException if the listener asked to stop before the last step, or the thread
   *     was interrupted, which it then still is
   */
  default Tensor sample(
      ReverseProcess process,
      Tensor x,
      @Nullable Tensor labels,
      NoiseSource noise,
      SamplingListener listener) {
    Iterator<SamplingStep> steps = steps(process, x, labels, noise);
    Tensor latest = x;
    while (steps.hasNext()) {
      requireNotInterrupted();
      SamplingStep step = steps.next();
      latest = step.x();
      if (!listener.onStep(step) && steps.hasNext()) {
        throw new CancellationException(
            "sampling was cancelled after step " + step.done() + " of " + step.total());
      }
    }
    return latest;
  }

  private static void requireNotInterrupted() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("sampling was cancelled: its thread was interrupted");
    }
  }
}
