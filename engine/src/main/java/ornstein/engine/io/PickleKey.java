package ornstein.engine.io;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One text for each class of keys that Python holds equal (True, 1 and 1.0 are). Texts, because a
 * Java map keeps its speed for them even if an attacker chose all hashes alike, and short ones,
 * because comparing long ones again and again takes time.
 */
final class PickleKey {
  static final int MAX_LENGTH = 1024;

  private static final int MAX_TUPLE = 16;

  private PickleKey() {}

  static String ofText(String text) {
    return "'" + text;
  }

  static String ofWhole(long number) {
    return "i" + number;
  }

  /** Null if the value is no possible key, or one beyond the limits. */
  static @Nullable String of(Object value) {
    if (!(value instanceof PickleNode.Tuple tuple)) {
      return ofScalar(value);
    }
    if (tuple.items.size() > MAX_TUPLE) {
      return null;
    }
    // Each part is led by its length, so that no two tuples give the same text.
    StringBuilder key = new StringBuilder("(");
    for (Object item : tuple.items) {
      String part = ofScalar(item);
      if (part == null) {
        return null;
      }
      key.append(part.length()).append(':').append(part);
    }
    return key.length() > MAX_LENGTH ? null : key.toString();
  }

  private static @Nullable String ofScalar(Object value) {
    return switch (value) {
      case String text -> text.length() < MAX_LENGTH ? ofText(text) : null;
      case Boolean bool -> ofWhole(bool ? 1 : 0);
      case Long number -> ofWhole(number);
      case BigInteger number -> number.bitLength() < 2 * MAX_LENGTH ? "i" + number : null;
      case Double number -> ofReal(number);
      case byte[] bytes -> bytes.length < MAX_LENGTH ? ofBytes(bytes) : null;
      case TorchValue.None none -> "n";
      case TorchValue.Constant constant -> "c" + constant.name();
      default -> null;
    };
  }

  private static String ofBytes(byte[] bytes) {
    return "b" + new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String ofReal(double number) {
    long whole = (long) number;
    return whole == number && whole != Long.MAX_VALUE ? ofWhole(whole) : "f" + number;
  }
}
