package ornstein.engine.op;

import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;

/** What an operation sees in its backward pass. */
public final class Backward {
  private final Forward forward;
  private final List<Buffer> saved;
  private final Buffer outputGradient;
  private final boolean[] needs;
  private final @Nullable Buffer[] gradients;

  /**
   * Prepares a backward pass.
   *
   * @param forward the forward pass
   * @param outputGradient gradient of its result, not to be written
   * @param needs which inputs need a gradient
   */
  public Backward(Forward forward, Buffer outputGradient, boolean[] needs) {
    this.forward = forward;
    this.saved = forward.saved();
    this.outputGradient = outputGradient;
    this.needs = needs.clone();
    this.gradients = new Buffer[needs.length];
  }

  /**
   * The back end.
   *
   * @return the kernels to call
   */
  public Kernels kernels() {
    return forward.kernels();
  }

  /**
   * Number of inputs.
   *
   * @return the count
   */
  public int arity() {
    return needs.length;
  }

  /**
   * An input's shape.
   *
   * @param i input number
   * @return its shape
   */
  public Shape shape(int i) {
    return forward.shape(i);
  }

  /**
   * An input's data.
   *
   * @param i input number
   * @return its buffer, not to be written
   */
  public Buffer input(int i) {
    return forward.input(i);
  }

  /**
   * An input that may be missing.
   *
   * @param i input number
   * @return its buffer, or null if the operation was given fewer inputs
   */
  public @Nullable Buffer optionalInput(int i) {
    return forward.optionalInput(i);
  }

  /**
   * The result's shape.
   *
   * @return the shape
   */
  public Shape outputShape() {
    return forward.outputShape();
  }

  /**
   * The result's data.
   *
   * @return its buffer, not to be written
   */
  public Buffer output() {
    return forward.output();
  }

  /**
   * A buffer that the forward pass saved.
   *
   * @param i its number, in the order of saving
   * @return the buffer
   */
  public Buffer saved(int i) {
    return saved.get(i);
  }

  /**
   * The gradient of the result.
   *
   * @return its buffer, not to be written
   */
  public Buffer outputGradient() {
    return outputGradient;
  }

  /**
   * Whether an input's gradient is wanted.
   *
   * @param i input number
   * @return true if it is
   */
  public boolean needs(int i) {
    return i < needs.length && needs[i];
  }

  /**
   * Allocates an input's gradient, zeroed, for the operation to write.
   *
   * @param i input number
   * @return the buffer, as large as the input
   */
  public Buffer gradient(int i) {
    Buffer g = kernels().allocate(shape(i).size());
    gradients[i] = g;
    return g;
  }

  /**
   * Hands over a finished gradient; it may be the output's gradient itself.
   *
   * @param i input number
   * @param gradient a buffer as large as the input, not written afterwards
   */
  public void pass(int i, Buffer gradient) {
    gradients[i] = gradient;
  }

  /**
   * The gradient that was computed for an input.
   *
   * @param i input number
   * @return the buffer, or null if there is none
   */
  public @Nullable Buffer result(int i) {
    return gradients[i];
  }
}
