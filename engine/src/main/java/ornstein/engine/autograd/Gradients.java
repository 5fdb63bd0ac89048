package ornstein.engine.autograd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Broadcast;
import ornstein.engine.kernel.Buffer;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.op.Backward;

/**
 * The gradients of one result with respect to every leaf that {@linkplain Tensor#requiresGrad()
 * requires} one. Nothing is stored in the tensors themselves, so that several threads may
 * differentiate functions of the same parameters at once.
 */
public final class Gradients {
  private final IdentityHashMap<Tensor, Buffer> leaves;

  private Gradients(IdentityHashMap<Tensor, Buffer> leaves) {
    this.leaves = leaves;
  }

  /**
   * Walks the tape backwards from a result.
   *
   * @param result the differentiated tensor
   * @param cotangent weights of its elements, of its shape
   * @return the gradients of Σ result · cotangent
   * @throws ShapeException if the shapes differ
   */
  public static Gradients of(Tensor result, Tensor cotangent) {
    if (!result.shape().equals(cotangent.shape())) {
      throw new ShapeException(
          "cotangent " + cotangent.shape() + " must have the result's shape " + result.shape());
    }
    Pass pass = new Pass();
    pass.walk(result, cotangent.buffer());
    return new Gradients(pass.leaves);
  }

  /**
   * Gradients that were computed elsewhere, such as the outputs of a recorded program.
   *
   * @param leaves the leaves
   * @param gradients their gradients, in the same order
   * @return the gradients
   * @throws ShapeException if the counts or a shape differ
   */
  public static Gradients given(List<Tensor> leaves, List<Tensor> gradients) {
    if (leaves.size() != gradients.size()) {
      throw new ShapeException(
          leaves.size() + " leaves need as many gradients, got " + gradients.size());
    }
    IdentityHashMap<Tensor, Buffer> map = new IdentityHashMap<>();
    for (int i = 0; i < leaves.size(); i++) {
      Tensor g = gradients.get(i);
      if (!g.shape().equals(leaves.get(i).shape())) {
        throw new ShapeException(
            "gradient " + g.shape() + " of a leaf of shape " + leaves.get(i).shape());
      }
      map.put(leaves.get(i), g.buffer());
    }
    return new Gradients(map);
  }

  /**
   * The gradient of one leaf.
   *
   * @param leaf a tensor that required a gradient when the result was computed
   * @return its gradient, of its shape
   * @throws IllegalArgumentException if the result does not depend on it
   */
  public Tensor get(Tensor leaf) {
    Tensor g = find(leaf);
    if (g == null) {
      throw new IllegalArgumentException(
          "no gradient for this tensor of shape "
              + leaf.shape()
              + ": the result does not depend on it, or it was not marked by requiresGrad()");
    }
    return g;
  }

  /**
   * The gradient of one leaf, if the result depends on it.
   *
   * @param leaf a tensor
   * @return its gradient, or null
   */
  public @Nullable Tensor find(Tensor leaf) {
    Buffer g = leaves.get(leaf);
    return g == null ? null : Tensor.over(leaf.shape(), g);
  }

  /** Nodes in an order in which every node comes after the nodes of its inputs. */
  private static List<Node> topological(Tensor result) {
    List<Node> order = new ArrayList<>();
    IdentityHashMap<Node, Boolean> finished = new IdentityHashMap<>();
    Deque<Node> stack = new ArrayDeque<>();
    push(result, finished, stack);
    while (!stack.isEmpty()) {
      Node node = stack.peek();
      if (finished.putIfAbsent(node, false) == null) {
        for (Tensor input : node.inputs()) {
          push(input, finished, stack);
        }
      } else {
        stack.pop();
        if (!finished.put(node, true)) {
          order.add(node);
        }
      }
    }
    return order;
  }

  private static void push(Tensor t, IdentityHashMap<Node, Boolean> finished, Deque<Node> stack) {
    Node node = t.node();
    if (node != null && !finished.containsKey(node)) {
      stack.push(node);
    }
  }

  /**
   * The state of one backward pass; intermediate gradients are dropped as soon as they are used.
   */
  private static final class Pass {
    final IdentityHashMap<Tensor, Buffer> leaves = new IdentityHashMap<>();
    private final IdentityHashMap<Node, Buffer> pending = new IdentityHashMap<>();
    private final IdentityHashMap<Buffer, Boolean> sums = new IdentityHashMap<>();
    private final Kernels kernels = KernelsProvider.current();

    void walk(Tensor result, Buffer cotangent) {
      add(result, cotangent);
      List<Node> order = topological(result);
      for (int i = order.size() - 1; i >= 0; i--) {
        Node node = order.get(i);
        Buffer gradient = pending.remove(node);
        if (gradient != null) {
          sums.remove(gradient); // an operation may hand it on to several inputs: not ours alone
          switch (node) {
            case Node.Applied applied -> backward(applied, gradient);
            case Node.Recomputed recomputed -> backward(recomputed, gradient);
          }
        }
      }
    }

    private void backward(Node.Applied node, Buffer gradient) {
      List<Tensor> inputs = node.inputs();
      boolean[] needs = new boolean[inputs.size()];
      for (int i = 0; i < needs.length; i++) {
        needs[i] = inputs.get(i).needsGradient();
      }
      Backward backward = new Backward(node.forward(), gradient, needs);
      node.op().backward(backward);
      for (int i = 0; i < needs.length; i++) {
        Buffer g = backward.result(i);
        if (needs[i] && g != null) {
          add(inputs.get(i), g);
        }
      }
    }

    /** Records the code on copies of its inputs, so that the walk ends there. */
    private void backward(Node.Recomputed node, Buffer gradient) {
      List<Tensor> copies =
          node.inputs().stream()
              .map(t -> t.needsGradient() ? t.detach().requiresGrad() : t)
              .toList();
      Tensor again = Autograd.withGrad(() -> node.body().apply(copies));
      walk(again, gradient);
      for (int i = 0; i < copies.size(); i++) {
        Buffer g = node.inputs().get(i).needsGradient() ? leaves.remove(copies.get(i)) : null;
        if (g != null) {
          add(node.inputs().get(i), g);
        }
      }
    }

    void add(Tensor t, Buffer gradient) {
      Node node = t.node();
      if (node != null) {
        pending.put(node, sum(t.shape(), pending.get(node), gradient));
      } else if (t.needsGradient()) {
        leaves.put(t, sum(t.shape(), leaves.get(t), gradient));
      }
    }

    /** Adds in place only to a buffer that this pass made: others may be shared. */
    private Buffer sum(Shape shape, @Nullable Buffer earlier, Buffer gradient) {
      if (earlier == null) {
        return gradient;
      }
      boolean own = sums.containsKey(earlier);
      Buffer total = own ? earlier : kernels.allocate(shape.size());
      sums.put(total, true);
      int[] dims = shape.dims();
      kernels.binary(Binary.ADD, Broadcast.of(dims, dims, dims), earlier, gradient, total);
      return total;
    }
  }
}
