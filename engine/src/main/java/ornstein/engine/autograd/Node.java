package ornstein.engine.autograd;

import java.util.List;
import ornstein.engine.Tensor;
import ornstein.engine.op.Forward;
import ornstein.engine.op.Op;

/**
 * One applied operation on the tape: what was applied, to what, and what the backward pass needs.
 * The tape is the graph of these nodes; it is freed with the tensors that hold it.
 *
 * @param op the operation
 * @param inputs its inputs
 * @param forward its forward pass, with saved buffers
 */
public record Node(Op op, List<Tensor> inputs, Forward forward) {}
