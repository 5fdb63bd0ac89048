package ornstein.engine;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.autograd.Node;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.kernel.StridedCopy;
import ornstein.engine.kernel.Unary;
import ornstein.engine.op.AffineOp;
import ornstein.engine.op.BinaryOp;
import ornstein.engine.op.ClampOp;
import ornstein.engine.op.ConcatOp;
import ornstein.engine.op.ExpandOp;
import ornstein.engine.op.MatmulOp;
import ornstein.engine.op.MaxOp;
import ornstein.engine.op.PermuteOp;
import ornstein.engine.op.ReshapeOp;
import ornstein.engine.op.SliceOp;
import ornstein.engine.op.SumOp;
import ornstein.engine.op.UnaryOp;

/**
 * A dense, row-major array of float32 numbers; images are [N, H, W, C]. Operations return new
 * tensors and broadcast as NumPy does. Functions of networks are in {@link Functional}.
 */
public final class Tensor {
  private final Shape shape;
  private final Buffer buffer;
  private final @Nullable Node node;
  private final boolean leaf;

  private Tensor(Shape shape, Buffer buffer, @Nullable Node node, boolean leaf) {
    if (buffer.size() != shape.size()) {
      throw new ShapeException(
          "shape " + shape + " needs " + shape.size() + " elements, got " + buffer.size());
    }
    this.shape = shape;
    this.buffer = buffer;
    this.node = node;
    this.leaf = leaf;
  }

  /**
   * Wraps a buffer of the current back end, without a copy.
   *
   * @param shape its shape
   * @param buffer storage of as many elements
   * @return the tensor
   * @throws ShapeException if the sizes differ
   */
  public static Tensor over(Shape shape, Buffer buffer) {
    return new Tensor(shape, buffer, null, false);
  }

  /**
   * The result of a recorded operation.
   *
   * @param shape its shape
   * @param buffer its storage
   * @param node the operation on the tape
   * @return the tensor
   */
  public static Tensor recorded(Shape shape, Buffer buffer, Node node) {
    return new Tensor(shape, buffer, node, false);
  }

  /**
   * A tensor with a copy of the given numbers.
   *
   * @param values the elements in row-major order
   * @param dims extents; none means one axis as long as the values
   * @return the tensor
   * @throws ShapeException if the extents do not multiply to the number of values
   */
  public static Tensor of(float[] values, int... dims) {
    return of(dims.length == 0 ? Shape.of(values.length) : Shape.of(dims), values);
  }

  /**
   * A tensor with a copy of the given numbers.
   *
   * @param shape its shape
   * @param values the elements in row-major order
   * @return the tensor
   * @throws ShapeException if the sizes differ
   */
  public static Tensor of(Shape shape, float[] values) {
    Kernels k = KernelsProvider.current();
    Buffer b = k.allocate(values.length);
    k.write(values, 0, b, 0, values.length);
    return over(shape, b);
  }

  /**
   * A rank-0 tensor.
   *
   * @param value its element
   * @return the tensor
   */
  public static Tensor scalar(float value) {
    return full(Shape.scalar(), value);
  }

  /**
   * A tensor of zeros.
   *
   * @param dims extents
   * @return the tensor
   */
  public static Tensor zeros(int... dims) {
    return full(Shape.of(dims), 0f);
  }

  /**
   * A tensor of one repeated value.
   *
   * @param shape its shape
   * @param value every element
   * @return the tensor
   */
  public static Tensor full(Shape shape, float value) {
    Buffer b = KernelsProvider.current().allocate(shape.size());
    if (value != 0f) {
      KernelsProvider.current().fill(value, b);
    }
    return over(shape, b);
  }

  /**
   * The shape.
   *
   * @return the shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * The storage, for back ends, operations and optimisers. Whoever writes to it changes every
   * tensor that shares it.
   *
   * @return the buffer
   */
  public Buffer buffer() {
    return buffer;
  }

  /**
   * The operation that made this tensor, if it was recorded.
   *
   * @return the node on the tape, or null
   */
  public @Nullable Node node() {
    return node;
  }

  /**
   * Whether gradients flow into this tensor.
   *
   * @return true for leaves marked by {@link #requiresGrad} and results of recorded operations
   */
  public boolean needsGradient() {
    return leaf || node != null;
  }

  /**
   * A leaf on the same storage whose gradient backward passes will report.
   *
   * @return the leaf, cut off from this tensor's history
   */
  public Tensor requiresGrad() {
    return new Tensor(shape, buffer, null, true);
  }

  /**
   * The same data without history.
   *
   * @return a tensor through which no gradient flows
   */
  public Tensor detach() {
    return needsGradient() ? over(shape, buffer) : this;
  }

  /**
   * Differentiates this scalar with respect to every leaf it depends on.
   *
   * @return the gradients
   * @throws ShapeException if this tensor has more than one element
   */
  public Gradients backward() {
    if (shape.size() != 1) {
      throw new ShapeException(
          "backward() needs one element, got shape " + shape + "; give backward(cotangent)");
    }
    return backward(full(shape, 1f));
  }

  /**
   * Differentiates Σ this · cotangent (a vector–Jacobian product).
   *
   * @param cotangent weights, of this tensor's shape
   * @return the gradients
   * @throws ShapeException if the shapes differ
   */
  public Gradients backward(Tensor cotangent) {
    return Gradients.of(this, cotangent);
  }

  /**
   * Overwrites the elements, also those of every tensor that shares the storage; nothing of it is
   * recorded for differentiation.
   *
   * @param source a tensor of this shape
   * @throws ShapeException if the shapes differ
   */
  public void assign(Tensor source) {
    if (!shape.equals(source.shape)) {
      throw new ShapeException("cannot assign " + source.shape + " to " + shape);
    }
    int[] size = {shape.size()};
    int[] stride = {1};
    KernelsProvider.current()
        .copy(new StridedCopy(size, 0, stride, 0, stride), source.buffer, buffer);
  }

  /**
   * Overwrites the elements with the host's; see {@link #assign(Tensor)}.
   *
   * @param values as many elements in row-major order
   * @throws ShapeException if there are more or fewer
   */
  public void assign(float[] values) {
    if (values.length != shape.size()) {
      throw new ShapeException("cannot assign " + values.length + " elements to shape " + shape);
    }
    KernelsProvider.current().write(values, 0, buffer, 0, values.length);
  }

  /**
   * A tensor with the same elements in storage of its own, without history.
   *
   * @return the copy
   */
  public Tensor copy() {
    Tensor copy = over(shape, KernelsProvider.current().allocate(shape.size()));
    copy.assign(this);
    return copy;
  }

  /**
   * Copies the elements to the host.
   *
   * @return a fresh array in row-major order
   */
  public float[] toArray() {
    float[] values = new float[shape.size()];
    copyTo(values);
    return values;
  }

  /**
   * Copies the elements to the host, into an array that serves again.
   *
   * @param values receives as many elements in row-major order
   * @throws ShapeException if there are more or fewer
   */
  public void copyTo(float[] values) {
    if (values.length != shape.size()) {
      throw new ShapeException("cannot copy shape " + shape + " to " + values.length + " elements");
    }
    KernelsProvider.current().read(buffer, 0, values, 0, values.length);
  }

  /**
   * The only element.
   *
   * @return its value
   * @throws ShapeException if there are more or none
   */
  public float item() {
    if (shape.size() != 1) {
      throw new ShapeException("item() needs one element, got shape " + shape);
    }
    return toArray()[0];
  }

  /**
   * Applies a pointwise function.
   *
   * @param f the function
   * @return f(this)
   */
  public Tensor apply(Unary f) {
    return Autograd.apply(new UnaryOp(f), this);
  }

  /**
   * Applies a pointwise function of two arguments, with broadcasting.
   *
   * @param f the function
   * @param other second argument
   * @return f(this, other)
   * @throws ShapeException if the shapes do not broadcast
   */
  public Tensor apply(Binary f, Tensor other) {
    return Autograd.apply(new BinaryOp(f), this, other);
  }

  /**
   * Sum with broadcasting.
   *
   * @param other summand
   * @return this + other
   */
  public Tensor add(Tensor other) {
    return apply(Binary.ADD, other);
  }

  /**
   * Difference with broadcasting.
   *
   * @param other subtrahend
   * @return this − other
   */
  public Tensor sub(Tensor other) {
    return apply(Binary.SUBTRACT, other);
  }

  /**
   * Product with broadcasting, element by element.
   *
   * @param other factor
   * @return this · other
   */
  public Tensor mul(Tensor other) {
    return apply(Binary.MULTIPLY, other);
  }

  /**
   * Quotient with broadcasting.
   *
   * @param other divisor
   * @return this / other
   */
  public Tensor div(Tensor other) {
    return apply(Binary.DIVIDE, other);
  }

  /**
   * Adds a constant.
   *
   * @param value summand
   * @return this + value
   */
  public Tensor add(float value) {
    return affine(1f, value);
  }

  /**
   * Multiplies by a constant.
   *
   * @param value factor
   * @return this · value
   */
  public Tensor mul(float value) {
    return affine(value, 0f);
  }

  /**
   * An affine map with constant coefficients, rounded once.
   *
   * @param scale factor
   * @param shift summand
   * @return scale · this + shift
   */
  public Tensor affine(float scale, float shift) {
    return Autograd.apply(new AffineOp(scale, shift), this);
  }

  /**
   * The negative.
   *
   * @return −this
   */
  public Tensor neg() {
    return mul(-1f);
  }

  /**
   * The square of each element.
   *
   * @return this²
   */
  public Tensor square() {
    return apply(Unary.SQUARE);
  }

  /**
   * The square root of each element.
   *
   * @return √this, NaN where negative
   */
  public Tensor sqrt() {
    return apply(Unary.SQRT);
  }

  /**
   * The exponential of each element.
   *
   * @return e<sup>this</sup>
   */
  public Tensor exp() {
    return apply(Unary.EXP);
  }

  /**
   * The natural logarithm of each element.
   *
   * @return log this
   */
  public Tensor log() {
    return apply(Unary.LOG);
  }

  /**
   * Limits each element to an interval.
   *
   * @param low lower bound
   * @param high upper bound
   * @return min(max(this, low), high)
   * @throws IllegalArgumentException if low &gt; high
   */
  public Tensor clamp(float low, float high) {
    return Autograd.apply(new ClampOp(low, high), this);
  }

  /**
   * Sums over axes, which disappear.
   *
   * @param axes axis numbers, negative from the end; none means all
   * @return the sums
   */
  public Tensor sum(int... axes) {
    return sum(false, axes);
  }

  /**
   * Sums over axes.
   *
   * @param keepDims whether the axes stay with extent 1
   * @param axes axis numbers, negative from the end; none means all
   * @return the sums
   */
  public Tensor sum(boolean keepDims, int... axes) {
    return Autograd.apply(new SumOp(axes, keepDims), this);
  }

  /**
   * Averages over axes, which disappear.
   *
   * @param axes axis numbers, negative from the end; none means all
   * @return the means; NaN if there is nothing to average
   */
  public Tensor mean(int... axes) {
    Tensor total = sum(axes);
    return total.mul((float) ((double) total.shape.size() / shape.size()));
  }

  /**
   * The maximum over axes, which disappear.
   *
   * @param axes axis numbers, negative from the end; none means all
   * @return the maxima
   * @throws ShapeException if there is no element
   */
  public Tensor max(int... axes) {
    return Autograd.apply(new MaxOp(axes, false), this);
  }

  /**
   * Matrix product over the last two axes.
   *
   * @param other second factor
   * @return this · other
   * @throws ShapeException if the shapes do not fit
   */
  public Tensor matmul(Tensor other) {
    return matmul(false, other, false);
  }

  /**
   * Matrix product over the last two axes, either factor transposed without a copy.
   *
   * @param transposeThis whether this tensor's last two axes are swapped
   * @param other second factor
   * @param transposeOther whether the other's last two axes are swapped
   * @return the product
   * @throws ShapeException if the shapes do not fit
   */
  public Tensor matmul(boolean transposeThis, Tensor other, boolean transposeOther) {
    return Autograd.apply(new MatmulOp(transposeThis, transposeOther), this, other);
  }

  /**
   * The same elements under another shape.
   *
   * @param dims extents; one may be −1 and is then computed
   * @return a tensor on the same storage
   * @throws ShapeException if the sizes differ
   */
  public Tensor reshape(int... dims) {
    int[] d = dims.clone();
    long known = 1;
    int open = -1;
    for (int i = 0; i < d.length; i++) {
      if (d[i] == -1 && open < 0) {
        open = i;
      } else {
        known *= d[i];
      }
    }
    if (open >= 0) {
      if (known <= 0 || shape.size() % known != 0) {
        throw new ShapeException(
            "cannot reshape " + shape + " to " + Arrays.toString(dims) + ": no extent fits for -1");
      }
      d[open] = (int) (shape.size() / known);
    }
    return reshape(Shape.of(d));
  }

  /**
   * The same elements under another shape.
   *
   * @param target the new shape
   * @return a tensor on the same storage
   * @throws ShapeException if the sizes differ
   */
  public Tensor reshape(Shape target) {
    return shape.equals(target) ? this : Autograd.apply(new ReshapeOp(target), this);
  }

  /**
   * Reorders the axes.
   *
   * @param order axis i of the result is axis order[i] of this tensor
   * @return the reordered copy
   * @throws ShapeException if the order is no permutation
   */
  public Tensor permute(int... order) {
    return Autograd.apply(new PermuteOp(order), this);
  }

  /**
   * A range along one axis.
   *
   * @param axis the axis, negative from the end
   * @param from first index kept
   * @param to first index not kept
   * @return a copy of the range
   * @throws ShapeException if the range is not within the axis
   */
  public Tensor slice(int axis, int from, int to) {
    return Autograd.apply(new SliceOp(axis, from, to), this);
  }

  /**
   * Repeats elements along axes of extent 1 and missing leading axes.
   *
   * @param target shape to reach
   * @return the expanded copy
   * @throws ShapeException if this shape does not broadcast to the target
   */
  public Tensor expand(Shape target) {
    return Autograd.apply(new ExpandOp(target), this);
  }

  /**
   * Joins tensors along one axis.
   *
   * @param axis the axis, negative from the end
   * @param parts at least one tensor
   * @return the joined tensor
   * @throws ShapeException if other extents differ
   */
  public static Tensor concat(int axis, List<Tensor> parts) {
    return Autograd.apply(new ConcatOp(axis), parts.toArray(Tensor[]::new));
  }

  @Override
  public String toString() {
    return "Tensor" + shape;
  }
}
