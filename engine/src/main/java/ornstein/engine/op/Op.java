package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;

/**
 * A differentiable operation. It never touches data itself: it calls {@link
 * ornstein.engine.kernel.Kernels} on opaque buffers, so that the same code runs on any back end and
 * can be recorded.
 */
public sealed interface Op
    permits AffineOp,
        AttentionOp,
        BinaryOp,
        ClampOp,
        ConcatOp,
        Conv2dOp,
        EmbeddingOp,
        ExpandOp,
        GroupNormOp,
        MatmulOp,
        MaxOp,
        PermuteOp,
        PoolOp,
        ReshapeOp,
        SinusoidalEmbeddingOp,
        SliceOp,
        SoftmaxOp,
        SumOp,
        UnaryOp,
        UpsampleOp {
  /**
   * The shape rule.
   *
   * @param inputs shapes of the inputs
   * @return the shape of the result
   * @throws ornstein.engine.ShapeException if the inputs do not fit
   */
  Shape shape(List<Shape> inputs);

  /**
   * Computes the result.
   *
   * @param f inputs, output and what to save for the backward pass
   */
  void forward(Forward f);

  /**
   * Computes the gradients of the inputs that need one.
   *
   * @param b inputs, saved buffers and the gradient of the output
   */
  void backward(Backward b);
}
