package ornstein.engine.program;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;

/**
 * A program with inputs of its own: they are written, the program runs, and the outputs are read.
 * Not safe for use by several threads at once.
 */
public final class RecordedFunction {
  private final List<Tensor> inputs;
  private final Program program;

  private RecordedFunction(List<Tensor> inputs, Program program) {
    this.inputs = inputs;
    this.program = program;
  }

  /**
   * Records a function of tensors for the current back end, without running it.
   *
   * @param shapes shapes of the inputs
   * @param function the function, from inputs to outputs
   * @return the recorded function, whose inputs are zero
   * @throws RecordingException if the function reads a value
   */
  public static RecordedFunction of(List<Shape> shapes, UnaryOperator<List<Tensor>> function) {
    List<Tensor> inputs = new ArrayList<>();
    for (Shape s : shapes) {
      inputs.add(Tensor.full(s, 0f));
    }
    List<Tensor> own = List.copyOf(inputs);
    return new RecordedFunction(own, Program.record(() -> function.apply(own)));
  }

  /**
   * The inputs.
   *
   * @return tensors to be {@linkplain Tensor#assign written} before a run
   */
  public List<Tensor> inputs() {
    return inputs;
  }

  /** Runs on the inputs as they are. */
  public void run() {
    program.run();
  }

  /**
   * The outputs.
   *
   * @return tensors that the next run overwrites
   */
  public List<Tensor> outputs() {
    return program.outputs();
  }

  /**
   * The program.
   *
   * @return what was recorded
   */
  public Program program() {
    return program;
  }
}
