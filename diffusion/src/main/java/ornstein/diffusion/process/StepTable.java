package ornstein.diffusion.process;

import java.util.function.IntToDoubleFunction;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;

/**
 * A coefficient for every step 1 … T, computed in float64, rounded once to float32, and looked up
 * by a tensor of steps. The look-up is an operation of the engine, so that code written with tables
 * is a function of tensors alone: what is recorded once can be replayed for other steps.
 */
public final class StepTable {
  private final Tensor table;

  private StepTable(Tensor table) {
    this.table = table;
  }

  /**
   * Tabulates a coefficient.
   *
   * @param steps the number of steps T
   * @param coefficient its value at step t, for t from 1 to T
   * @return the table
   */
  public static StepTable of(int steps, IntToDoubleFunction coefficient) {
    float[] rows = new float[steps];
    for (int t = 1; t <= steps; t++) {
      rows[t - 1] = (float) coefficient.applyAsDouble(t);
    }
    return new StepTable(Tensor.of(rows, steps, 1));
  }

  /**
   * Looks the coefficient up for each sample of a batch.
   *
   * @param step [N], steps from 1 to T held as floats
   * @return [N]
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public Tensor at(Tensor step) {
    return Functional.embedding(table, step.add(-1f)).reshape(step.shape());
  }

  /**
   * Looks the coefficient up in a shape that broadcasts over the samples.
   *
   * @param step [N], steps from 1 to T held as floats
   * @param samples a tensor [N, …]
   * @return [N, 1, …], of as many axes as the samples
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public Tensor over(Tensor step, Tensor samples) {
    int[] dims = samples.shape().dims();
    for (int axis = 1; axis < dims.length; axis++) {
      dims[axis] = 1;
    }
    return at(step).reshape(dims);
  }
}
