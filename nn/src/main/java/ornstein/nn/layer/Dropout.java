package ornstein.nn.layer;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Functional;
import ornstein.engine.Rng;
import ornstein.engine.Tensor;
import ornstein.nn.Module;

/**
 * Inverted dropout (Srivastava et al., 2014). It is active only within {@link #training}, which
 * binds the generator of the masks to the calling thread: a network has no mode that one thread
 * could switch under another, and equal generators give equal masks.
 */
public final class Dropout extends Module {
  private static final ScopedValue<Rng> GENERATOR = ScopedValue.newInstance();

  private final float probability;

  /**
   * Creates the layer.
   *
   * @param probability probability with which an element is zeroed, in [0, 1)
   * @throws IllegalArgumentException if it is out of range
   */
  public Dropout(float probability) {
    if (!(probability >= 0f && probability < 1f)) {
      throw new IllegalArgumentException(
          "dropout probability must be in [0, 1), got " + probability);
    }
    this.probability = probability;
  }

  /**
   * Runs code with dropout active, as in training.
   *
   * @param <T> type of the result
   * @param rng generator of the masks, advanced by each layer that is applied
   * @param body the code
   * @return what the code returns
   */
  public static <T> T training(Rng rng, Supplier<T> body) {
    return ScopedValue.where(GENERATOR, rng).call(body::get);
  }

  /**
   * Remembers the masks that come next, for code that is run now and once more later.
   *
   * @return what runs it
   */
  static Replay replay() {
    return new Replay(GENERATOR.isBound() ? GENERATOR.get().copy() : null);
  }

  /** Runs code for the first time as if it were not there, and then with the same masks again. */
  static final class Replay {
    private final @Nullable Rng start;
    private boolean ran;

    private Replay(@Nullable Rng start) {
      this.start = start;
    }

    <T> T run(Supplier<T> body) {
      if (start == null || !ran) {
        ran = true;
        return body.get();
      }
      return training(start.copy(), body);
    }
  }

  /**
   * Zeroes elements at random and divides the rest by 1 − probability, within {@link #training};
   * elsewhere the identity.
   *
   * @param x any tensor
   * @return a tensor of x's shape
   */
  public Tensor forward(Tensor x) {
    return GENERATOR.isBound() ? Functional.dropout(x, probability, GENERATOR.get()) : x;
  }
}
