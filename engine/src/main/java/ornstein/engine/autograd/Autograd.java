package ornstein.engine.autograd;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.op.Forward;
import ornstein.engine.op.Op;

/** Applies operations and decides what is recorded for differentiation. */
public final class Autograd {
  private static final ScopedValue<Boolean> RECORDING = ScopedValue.newInstance();

  private Autograd() {}

  /**
   * Runs code without recording, for sampling and evaluation: intermediates are freed at once.
   *
   * @param <T> type of the result
   * @param body the code
   * @return what the code returns
   */
  public static <T> T noGrad(Supplier<T> body) {
    return ScopedValue.where(RECORDING, false).call(body::get);
  }

  /**
   * Runs code with recording, within {@link #noGrad} too: for a sampler that needs a derivative.
   *
   * @param <T> type of the result
   * @param body the code
   * @return what the code returns
   */
  public static <T> T withGrad(Supplier<T> body) {
    return ScopedValue.where(RECORDING, true).call(body::get);
  }

  /**
   * Whether operations are recorded on this thread.
   *
   * @return false within {@link #noGrad}
   */
  public static boolean recording() {
    return RECORDING.orElse(true);
  }

  /**
   * Applies an operation at once and records it if an input needs a gradient.
   *
   * @param op the operation
   * @param inputs its inputs
   * @return the result
   * @throws ornstein.engine.ShapeException if the inputs do not fit
   */
  public static Tensor apply(Op op, Tensor... inputs) {
    List<Shape> shapes = new ArrayList<>(inputs.length);
    List<Buffer> buffers = new ArrayList<>(inputs.length);
    boolean needed = false;
    for (Tensor t : inputs) {
      shapes.add(t.shape());
      buffers.add(t.buffer());
      needed |= t.needsGradient();
    }
    Shape shape = op.shape(shapes);
    Forward forward = new Forward(KernelsProvider.current(), shapes, buffers, shape);
    op.forward(forward);
    return needed && recording()
        ? Tensor.recorded(shape, forward.output(), new Node.Applied(op, List.of(inputs), forward))
        : Tensor.over(shape, forward.output());
  }

  /**
   * Runs code without keeping its intermediates: the backward pass runs it again (Chen et al. 2016,
   * "Training Deep Nets with Sublinear Memory Cost", section 4). It gives what the code gives;
   * gradients that are sums may be added in another order.
   *
   * @param body the code, a function of its inputs and of leaves; it must give the same again
   * @param inputs its inputs
   * @return the result
   */
  public static Tensor recomputed(Function<List<Tensor>, Tensor> body, Tensor... inputs) {
    List<Tensor> all = List.of(inputs);
    if (!recording()) {
      return body.apply(all);
    }
    Tensor result = noGrad(() -> body.apply(all));
    return Tensor.recorded(result.shape(), result.buffer(), new Node.Recomputed(body, all));
  }
}
