package ornstein.diffusion.loss;

import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Tensor;

/** A training objective, evaluated at one step for each sample of a batch. */
@FunctionalInterface
public interface Loss {

  /**
   * The loss of each sample. A function of tensors alone.
   *
   * @param process the reverse process in training
   * @param start x<sub>0</sub>, clean samples [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param noise ε, standard normal, of the samples' shape
   * @param labels [N], class numbers held as floats, or null without classes
   * @return [N]
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  Tensor perSample(
      ReverseProcess process, Tensor start, Tensor step, Tensor noise, @Nullable Tensor labels);
}
