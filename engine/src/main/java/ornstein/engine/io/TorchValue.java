package ornstein.engine.io;

import java.math.BigInteger;
import java.util.List;

/**
 * A value in a {@link TorchFile}: what Python held when {@code torch.save} was called, as far as it
 * is data. The values form a tree of at most 100 levels and 10 million values; one that Python held
 * in two places stands in both.
 */
public sealed interface TorchValue
    permits TorchTensor,
        TorchDict,
        TorchValue.Sequence,
        TorchValue.Whole,
        TorchValue.Real,
        TorchValue.Bool,
        TorchValue.Text,
        TorchValue.Bytes,
        TorchValue.Constant,
        TorchValue.None {

  /** What kind of collection a {@link Sequence} was. */
  enum Kind {
    /** A list. */
    LIST,
    /** A tuple, or a torch.Size. */
    TUPLE,
    /** A set or a frozenset. */
    SET
  }

  /**
   * A list, tuple or set.
   *
   * @param kind which of them
   * @param items its items in the file's order; unmodifiable
   */
  record Sequence(Kind kind, List<TorchValue> items) implements TorchValue {}

  /**
   * A whole number, of Python or of NumPy.
   *
   * @param value its value, which Python does not limit to 64 bits
   */
  record Whole(BigInteger value) implements TorchValue {
    /**
     * The value in 64 bits.
     *
     * @return the value
     * @throws ArithmeticException if it does not fit
     */
    public long longValue() {
      return value.longValueExact();
    }
  }

  /**
   * A floating-point number, of Python or of NumPy.
   *
   * @param value its value
   */
  record Real(double value) implements TorchValue {}

  /**
   * A truth value.
   *
   * @param value its value
   */
  record Bool(boolean value) implements TorchValue {}

  /**
   * A text.
   *
   * @param value its value
   */
  record Text(String value) implements TorchValue {}

  /** Raw bytes: Python's bytes or bytearray, or a text of Python 2 that is not UTF-8. */
  final class Bytes implements TorchValue {
    private final byte[] value;

    /** The array is not copied. */
    Bytes(byte[] value) {
      this.value = value;
    }

    /**
     * The bytes.
     *
     * @return a fresh array
     */
    public byte[] toArray() {
      return value.clone();
    }

    @Override
    public String toString() {
      return value.length + " bytes";
    }
  }

  /**
   * A named constant of PyTorch.
   *
   * @param name a dtype such as {@code torch.float32}, a device such as {@code cuda:0}, or a dtype
   *     of NumPy such as {@code numpy.float64}
   */
  record Constant(String name) implements TorchValue {}

  /** Python's None. */
  enum None implements TorchValue {
    /** The only one. */
    NONE
  }
}
