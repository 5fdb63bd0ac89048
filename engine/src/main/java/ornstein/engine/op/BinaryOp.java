package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Broadcast;
import ornstein.engine.kernel.Buffer;

/**
 * y = f(a, b) with broadcasting. At a tie the gradient of a maximum or minimum is split evenly, as
 * PyTorch does; comparisons have no gradient.
 *
 * @param function the function
 */
public record BinaryOp(Binary function) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    return inputs.get(0).broadcast(inputs.get(1));
  }

  @Override
  public void forward(Forward f) {
    Broadcast map = Broadcast.of(f.shape(0).dims(), f.shape(1).dims(), f.outputShape().dims());
    f.kernels().binary(function, map, f.input(0), f.input(1), f.output());
  }

  @Override
  public void backward(Backward b) {
    if (b.needs(0)) {
      reduceInto(b, 0, local(b, 0));
    }
    if (b.needs(1)) {
      reduceInto(b, 1, local(b, 1));
    }
  }

  private static void reduceInto(Backward b, int i, Buffer full) {
    b.pass(i, Axes.sumTo(b.kernels(), full, b.outputShape(), b.shape(i)));
  }

  /** gy · ∂f/∂input, not yet summed over stretched axes. */
  private Buffer local(Backward b, int i) {
    Buffer gy = b.outputGradient();
    return switch (function) {
      case ADD -> gy;
      case SUBTRACT -> i == 0 ? gy : negated(b, gy);
      case MULTIPLY -> withInput(b, Binary.MULTIPLY, gy, 1 - i);
      case DIVIDE ->
          i == 0
              ? withInput(b, Binary.DIVIDE, gy, 1)
              : negated(b, withInput(b, Binary.DIVIDE, product(b, gy, b.output()), 1));
      case MAXIMUM -> product(b, gy, share(b, 1 - i, i));
      case MINIMUM -> product(b, gy, share(b, i, 1 - i));
      // a zero, not nothing: whoever asks for the gradient of a mask gets one
      case LESS, EQUAL -> b.kernels().allocate(b.outputShape().size());
    };
  }

  /** 1 where the first input is less than the second, ½ where they are equal, else 0. */
  private static Buffer share(Backward b, int first, int second) {
    Buffer less = compare(b, Binary.LESS, first, second);
    Buffer equal = compare(b, Binary.EQUAL, first, second);
    b.kernels().affine(0.5f, 0f, equal, equal);
    b.kernels().binary(Binary.ADD, dense(b), less, equal, less);
    return less;
  }

  private static Buffer compare(Backward b, Binary f, int first, int second) {
    Buffer y = b.kernels().allocate(b.outputShape().size());
    Broadcast map =
        Broadcast.of(b.shape(first).dims(), b.shape(second).dims(), b.outputShape().dims());
    b.kernels().binary(f, map, b.input(first), b.input(second), y);
    return y;
  }

  private static Buffer withInput(Backward b, Binary f, Buffer full, int i) {
    Buffer y = b.kernels().allocate(b.outputShape().size());
    int[] dims = b.outputShape().dims();
    b.kernels().binary(f, Broadcast.of(dims, b.shape(i).dims(), dims), full, b.input(i), y);
    return y;
  }

  private static Buffer product(Backward b, Buffer x, Buffer z) {
    Buffer y = b.kernels().allocate(b.outputShape().size());
    b.kernels().binary(Binary.MULTIPLY, dense(b), x, z, y);
    return y;
  }

  private static Buffer negated(Backward b, Buffer x) {
    Buffer y = b.kernels().allocate(b.outputShape().size());
    b.kernels().affine(-1f, 0f, x, y);
    return y;
  }

  private static Broadcast dense(Backward b) {
    int[] dims = b.outputShape().dims();
    return Broadcast.of(dims, dims, dims);
  }
}
