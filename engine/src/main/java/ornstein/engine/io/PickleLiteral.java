package ornstein.engine.io;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The opcodes that put one number, text, truth value or None on the stack. */
final class PickleLiteral {
  // Longer numbers would be slow to convert.
  private static final int MAX_NUMBER_LINE = 320;
  private static final int MAX_NUMBER_BYTES = 400;
  private static final int NUMBER_BYTES = 32;

  private PickleLiteral() {}

  /** Null if the opcode is none of these. */
  static @Nullable Object read(int opcode, PickleInput in) throws FormatException {
    return switch (opcode) {
      case 'N' -> TorchValue.None.NONE;
      case 0x88 -> true;
      case 0x89 -> false;
      case 'K' -> whole(in, in.u8());
      case 'M' -> whole(in, in.u16());
      case 'J' -> whole(in, in.i32());
      case 0x8A -> whole(in, in.bytes(checked(in, in.u8())));
      case 0x8B -> whole(in, in.bytes(checked(in, in.u32())));
      case 'I', 'L' -> wholeLine(in);
      case 'G' -> real(in, in.f64());
      case 'F' -> realLine(in);
      case 'X' -> in.utf8(in.u32());
      case 0x8C -> in.utf8(in.u8());
      case 0x8D -> in.utf8(in.i64());
      case 'V' -> escapedLine(in);
      case 'U' -> python2Text(in, in.bytes(in.u8()));
      case 'T' -> python2Text(in, in.bytes(in.u32()));
      case 'S' -> quotedLine(in);
      case 'C' -> in.bytes(in.u8());
      case 'B' -> in.bytes(in.u32());
      case 0x8E, 0x96 -> in.bytes(in.i64());
      default -> null;
    };
  }

  /** A Long wherever it fits, for numbers are compared by their class, too. */
  static Object normal(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private static Long whole(PickleInput in, long value) throws FormatException {
    in.charge(NUMBER_BYTES);
    return value;
  }

  private static long checked(PickleInput in, long bytes) throws FormatException {
    if (bytes > MAX_NUMBER_BYTES) {
      throw in.fault(in.position(), "a whole number of " + bytes + " bytes is too large");
    }
    return bytes;
  }

  /** Little-endian two's complement; no bytes at all are 0. */
  private static Object whole(PickleInput in, byte[] bytes) throws FormatException {
    in.charge(NUMBER_BYTES + 2L * bytes.length);
    byte[] bigEndian = new byte[bytes.length + 1];
    for (int i = 0; i < bytes.length; i++) {
      bigEndian[bytes.length - i] = bytes[i];
    }
    if (bytes.length > 0 && bigEndian[1] < 0) {
      bigEndian[0] = -1;
    }
    return normal(new BigInteger(bigEndian));
  }

  /** Protocol 0: digits, with an L after long ones; 00 and 01 are the truth values. */
  private static Object wholeLine(PickleInput in) throws FormatException {
    long start = in.position();
    String line = in.line(MAX_NUMBER_LINE).strip();
    in.charge(NUMBER_BYTES + line.length());
    if (line.equals("00") || line.equals("01")) {
      return line.equals("01");
    }
    try {
      return normal(
          new BigInteger(line.endsWith("L") ? line.substring(0, line.length() - 1) : line));
    } catch (NumberFormatException e) {
      throw in.fault(start, "'" + FormatException.quote(line) + "' is no whole number");
    }
  }

  private static Double real(PickleInput in, double value) throws FormatException {
    in.charge(NUMBER_BYTES);
    return value;
  }

  private static Double realLine(PickleInput in) throws FormatException {
    long start = in.position();
    String line = in.line(MAX_NUMBER_LINE).strip();
    try {
      return switch (line) {
        case "inf" -> real(in, Double.POSITIVE_INFINITY);
        case "-inf" -> real(in, Double.NEGATIVE_INFINITY);
        case "nan" -> real(in, Double.NaN);
        default -> real(in, Double.parseDouble(line));
      };
    } catch (NumberFormatException e) {
      throw in.fault(start, "'" + FormatException.quote(line) + "' is no number");
    }
  }

  /** Python 2 had one type for texts and bytes: what is no UTF-8 must be bytes. */
  private static Object python2Text(PickleInput in, byte[] bytes) throws FormatException {
    String text = in.utf8(bytes);
    return text == null ? bytes : text;
  }

  /** A literal of Python 2, in quotes and with backslashes. */
  private static Object quotedLine(PickleInput in) throws FormatException {
    long start = in.position();
    String line = in.line(PickleInput.MAX_TEXT_BYTES).strip();
    int end = line.length() - 1;
    if (end < 1
        || line.charAt(0) != line.charAt(end)
        || (line.charAt(0) != '\'' && line.charAt(0) != '"')) {
      throw in.fault(start, "a text is not in quotes");
    }
    in.charge(6L * line.length());
    StringBuilder text = new StringBuilder(line.length());
    int i = 1;
    while (i < end) {
      char c = line.charAt(i++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escaped = line.charAt(i++);
      switch (escaped) {
        case '\\', '\'', '"' -> text.append(escaped);
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'x' -> {
          text.append((char) hex(in, start, line, i, 2));
          i += 2;
        }
        default -> throw in.fault(start, "a text has a backslash before '" + escaped + "'");
      }
    }
    return python2Text(in, text.toString().getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Python's raw-unicode-escape: backslash, u or U, hexadecimal digits; all else stands alone. */
  private static String escapedLine(PickleInput in) throws FormatException {
    long start = in.position();
    String line = in.line(PickleInput.MAX_TEXT_BYTES);
    in.charge(6L * line.length());
    StringBuilder text = new StringBuilder(line.length());
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i++);
      char next = c == '\\' && i < line.length() ? line.charAt(i) : ' ';
      if (next != 'u' && next != 'U') {
        text.append(c);
        continue;
      }
      int digits = next == 'u' ? 4 : 8;
      int code = hex(in, start, line, i + 1, digits);
      if (!Character.isValidCodePoint(code)) {
        throw in.fault(start, "a text has a character beyond Unicode");
      }
      text.appendCodePoint(code);
      i += 1 + digits;
    }
    return text.toString();
  }

  private static int hex(PickleInput in, long start, String line, int from, int digits)
      throws FormatException {
    try {
      return HexFormat.fromHexDigits(line, from, from + digits);
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      throw in.fault(start, "a text has an escape without hexadecimal digits");
    }
  }
}
