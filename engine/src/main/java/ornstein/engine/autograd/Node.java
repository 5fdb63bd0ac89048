package ornstein.engine.autograd;

import java.util.List;
import java.util.function.Function;
import ornstein.engine.Tensor;
import ornstein.engine.op.Forward;
import ornstein.engine.op.Op;

/**
 * One step on the tape. The tape is the graph of these nodes; it is freed with the tensors that
 * hold it.
 */
public sealed interface Node {
  /**
   * What it was applied to.
   *
   * @return its inputs
   */
  List<Tensor> inputs();

  /**
   * An operation that was applied, and what the backward pass needs of it.
   *
   * @param op the operation
   * @param inputs its inputs
   * @param forward its forward pass, with saved buffers
   */
  record Applied(Op op, List<Tensor> inputs, Forward forward) implements Node {}

  /**
   * Code whose intermediates were not kept, to be run again in the backward pass.
   *
   * @param body the code
   * @param inputs its inputs
   */
  record Recomputed(Function<List<Tensor>, Tensor> body, List<Tensor> inputs) implements Node {}
}
