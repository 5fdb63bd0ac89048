package ornstein.nn.optim;

import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.nn.Parameter;

/**
 * Updates parameters from their gradients. Its state can be read and restored, so that training
 * resumes as if it had not stopped. Not safe for use by several threads at once.
 */
public interface Optimizer {
  /**
   * Updates every parameter once.
   *
   * @param gradients gradients of the loss; each parameter must have one
   * @param learningRate learning rate of this step, at least 0
   * @param gradientScale a tensor of one element by which gradients are multiplied first, from
   *     {@link ClipGradNorm#scale}; null for 1
   * @throws IllegalArgumentException if a parameter has no gradient, the learning rate is negative
   *     or no number, or the scale has more than one element; nothing is updated then
   */
  default void step(Gradients gradients, double learningRate, @Nullable Tensor gradientScale) {
    check(gradients, gradientScale);
    begin(learningRate);
    update(gradients, gradientScale, null);
  }

  /**
   * Counts a step and sets its coefficients, for an {@link #update} that follows. The two together
   * are a step; apart, the update can be recorded once and run for every step.
   *
   * @param learningRate learning rate of this step, at least 0
   * @throws IllegalArgumentException if it is negative or no number; nothing is counted then
   */
  void begin(double learningRate);

  /**
   * Updates every parameter with the coefficients that {@link #begin} has set. A function of
   * tensors alone.
   *
   * @param gradients gradients of the loss; each parameter must have one
   * @param gradientScale a tensor of one element by which gradients are multiplied first; null for
   *     1
   * @param average an average that follows the parameters in the same pass, for which {@link
   *     Ema#begin} was called; null for none
   * @throws IllegalArgumentException if a parameter has no gradient, the scale has more than one
   *     element, or the average follows other parameters; nothing is updated then
   */
  void update(Gradients gradients, @Nullable Tensor gradientScale, @Nullable Ema average);

  /**
   * Checks what an update needs.
   *
   * @param gradients gradients of the loss
   * @param gradientScale a tensor of one element, or null
   * @throws IllegalArgumentException if a parameter has no gradient, whose name the message says,
   *     or the scale has more than one element
   */
  default void check(Gradients gradients, @Nullable Tensor gradientScale) {
    if (gradientScale != null && gradientScale.shape().size() != 1) {
      throw new IllegalArgumentException(
          "gradient scale must have one element, got shape " + gradientScale.shape());
    }
    NamedGradients.of(parameters(), gradients);
  }

  /**
   * Updates every parameter once.
   *
   * @param gradients gradients of the loss; each parameter must have one
   * @param learningRate learning rate of this step, at least 0
   * @throws IllegalArgumentException as the other {@code step}
   */
  default void step(Gradients gradients, double learningRate) {
    step(gradients, learningRate, null);
  }

  /**
   * The parameters that it updates.
   *
   * @return an unmodifiable view by name
   */
  SequencedMap<String, Parameter> parameters();

  /**
   * How many steps were made.
   *
   * @return the count
   */
  long steps();

  /**
   * Sets how many steps were made, when the state of an earlier run is restored.
   *
   * @param steps the count, at least 0
   * @throws IllegalArgumentException if it is negative
   */
  void resumeAt(long steps);

  /**
   * What the optimiser remembers of each parameter: names are a short name of the quantity, a dot
   * and the parameter's name. Loading a {@link ornstein.nn.StateDict} into this map restores it.
   *
   * @return a fresh map of the optimiser's own arrays
   */
  SequencedMap<String, Parameter> state();
}
