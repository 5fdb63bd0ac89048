package ornstein.engine.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * NumPy's numbers in pickles: {@code numpy.core.multiarray.scalar(dtype, bytes)}, where the dtype
 * is {@code numpy.dtype('f8', ...)} whose byte order follows as its state.
 */
final class NumpyScalar {
  /** A type that is a plain number; the order is set by the pickle later than the rest. */
  static final class Type {
    private final char kind;
    private final int bytes;
    private ByteOrder order = ByteOrder.LITTLE_ENDIAN;

    private Type(char kind, int bytes) {
      this.kind = kind;
      this.bytes = bytes;
    }

    /** False if the mark of a byte order is none that NumPy writes. */
    boolean order(String mark) {
      order = mark.equals(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
      return mark.equals(">") || mark.equals("<") || mark.equals("=") || mark.equals("|");
    }

    String name() {
      return switch (kind) {
        case 'f' -> "float" + 8 * bytes;
        case 'i' -> "int" + 8 * bytes;
        case 'u' -> "uint" + 8 * bytes;
        default -> "bool";
      };
    }
  }

  private NumpyScalar() {}

  /** The type of a code such as f8, or null if it is no plain number. */
  static @Nullable Type type(String code) {
    return switch (code) {
      case "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1" ->
          new Type(code.charAt(0), code.charAt(1) - '0');
      default -> null;
    };
  }

  /** A Double, Long, BigInteger or Boolean; null if the count of bytes is wrong. */
  static @Nullable Object value(Type type, byte[] content) {
    if (content.length != type.bytes) {
      return null;
    }
    MemorySegment data = MemorySegment.ofArray(content);
    ByteOrder order = type.order;
    long whole =
        switch (type.bytes) {
          case 1 -> content[0];
          case 2 -> data.get(ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(order), 0);
          case 4 -> data.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(order), 0);
          default -> data.get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(order), 0);
        };
    return switch (type.kind) {
      case 'b' -> whole != 0;
      case 'i' -> whole;
      case 'u' -> unsigned(whole, type.bytes);
      default -> real(whole, type.bytes);
    };
  }

  private static Object unsigned(long whole, int bytes) {
    if (bytes < Long.BYTES) {
      return whole & ((1L << (8 * bytes)) - 1);
    }
    return PickleLiteral.normal(new BigInteger(Long.toUnsignedString(whole)));
  }

  private static double real(long bits, int bytes) {
    return switch (bytes) {
      case 2 -> Float.float16ToFloat((short) bits);
      case 4 -> Float.intBitsToFloat((int) bits);
      default -> Double.longBitsToDouble(bits);
    };
  }
}
