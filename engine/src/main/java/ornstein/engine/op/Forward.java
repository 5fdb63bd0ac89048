package ornstein.engine.op;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;

/** What an operation sees in its forward pass. */
public final class Forward {
  private final Kernels kernels;
  private final List<Shape> shapes;
  private final List<Buffer> inputs;
  private final Shape outputShape;
  private final List<Buffer> saved = new ArrayList<>();
  private @Nullable Buffer output;

  /**
   * Prepares a forward pass.
   *
   * @param kernels the back end
   * @param shapes shapes of the inputs
   * @param inputs buffers of the inputs
   * @param outputShape the result of the operation's shape rule
   */
  public Forward(Kernels kernels, List<Shape> shapes, List<Buffer> inputs, Shape outputShape) {
    this.kernels = kernels;
    this.shapes = shapes;
    this.inputs = inputs;
    this.outputShape = outputShape;
  }

  /**
   * The back end.
   *
   * @return the kernels to call
   */
  public Kernels kernels() {
    return kernels;
  }

  /**
   * Number of inputs.
   *
   * @return the count, at least 1
   */
  public int arity() {
    return inputs.size();
  }

  /**
   * An input's shape.
   *
   * @param i input number
   * @return its shape
   */
  public Shape shape(int i) {
    return shapes.get(i);
  }

  /**
   * An input's data.
   *
   * @param i input number
   * @return its buffer, not to be written
   */
  public Buffer input(int i) {
    return inputs.get(i);
  }

  /**
   * An input that may be missing.
   *
   * @param i input number
   * @return its buffer, or null if the operation was given fewer inputs
   */
  public @Nullable Buffer optionalInput(int i) {
    return i < inputs.size() ? inputs.get(i) : null;
  }

  /**
   * The result's shape.
   *
   * @return the shape
   */
  public Shape outputShape() {
    return outputShape;
  }

  /**
   * The result's storage, allocated at the first call.
   *
   * @return the buffer to write
   */
  public Buffer output() {
    if (output == null) {
      output = kernels.allocate(outputShape.size());
    }
    return output;
  }

  /**
   * Hands over a finished result; it may be an input's buffer (a change of shape only).
   *
   * @param result a buffer as large as the output, not written afterwards
   */
  public void give(Buffer result) {
    output = result;
  }

  /**
   * Allocates a buffer that the backward pass will find.
   *
   * @param size number of elements
   * @return the buffer to write
   */
  public Buffer save(int size) {
    Buffer b = kernels.allocate(size);
    saved.add(b);
    return b;
  }

  /**
   * The buffers saved so far, in order.
   *
   * @return the saved buffers
   */
  public List<Buffer> saved() {
    return List.copyOf(saved);
  }
}
