package ornstein.nn.layer;

import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * Whether networks keep the activations inside their blocks for the backward pass or compute them
 * again there ("gradient checkpointing"; guided-diffusion's {@code use_checkpoint}). Bound to the
 * calling thread, as {@link Dropout} is.
 */
public final class Recomputation {
  private static final ScopedValue<Boolean> ACTIVE = ScopedValue.newInstance();

  private Recomputation() {}

  /**
   * Runs code in which blocks compute their activations again, or keep them.
   *
   * @param <T> type of the result
   * @param active whether they compute them again
   * @param body the code, forward and backward pass
   * @return what the code returns
   */
  public static <T> T during(boolean active, Supplier<T> body) {
    return ScopedValue.where(ACTIVE, active).call(body::get);
  }

  /**
   * Applies a block of a network.
   *
   * @param block the block
   * @param x its input
   * @param embedding of timestep and label
   * @return its output
   */
  public static Tensor of(BinaryOperator<Tensor> block, Tensor x, Tensor embedding) {
    if (!ACTIVE.orElse(false)) {
      return block.apply(x, embedding);
    }
    Dropout.Replay masks = Dropout.replay();
    return Autograd.recomputed(
        inputs -> masks.run(() -> block.apply(inputs.get(0), inputs.get(1))), x, embedding);
  }
}
