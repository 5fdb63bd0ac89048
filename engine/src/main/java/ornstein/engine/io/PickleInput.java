package ornstein.engine.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The bytes of one or more pickles, read from front to back. */
final class PickleInput {
  /** The longest pickle, so that none takes long; the numbers of tensors lie outside. */
  static final int MAX_PICKLE_BYTES = SafeTensorsHeader.MAX_HEADER_BYTES;

  /** The most keys of all dicts and sets; colliding ones take long to tell apart. */
  static final int MAX_KEYS = SafeTensorsHeader.MAX_ENTRIES;

  /** The longest text; JSON headers have the same limit. */
  static final int MAX_TEXT_BYTES = SafeTensorsHeader.MAX_TEXT_LENGTH;

  private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int TEXT_OVERHEAD = 96;

  private final String source;
  private final @Nullable String entry;
  private final MemorySegment content;
  private final MemoryBudget budget;
  private long at;
  private int keys;

  /** {@code entry} is the archive's entry that {@code content} is, or null for a whole file. */
  PickleInput(String source, @Nullable String entry, MemorySegment content, MemoryBudget budget) {
    this.source = source;
    this.entry = entry;
    this.content = content;
    this.budget = budget;
  }

  long position() {
    return at;
  }

  long left() {
    return content.byteSize() - at;
  }

  FormatException fault(long offset, String problem) {
    return new FormatException(source, entry, offset, problem);
  }

  /** To be called before an allocation that the pickle asks for. */
  void charge(long bytes) throws FormatException {
    budget.take(source, entry, bytes);
  }

  void countKey(long offset) throws FormatException {
    if (++keys > MAX_KEYS) {
      throw fault(offset, "the dicts and sets have more than " + MAX_KEYS + " keys");
    }
  }

  int u8() throws FormatException {
    return content.get(U8, skip(1)) & 0xFF;
  }

  int u16() throws FormatException {
    return content.get(U16, skip(2)) & 0xFFFF;
  }

  int i32() throws FormatException {
    return content.get(I32, skip(4));
  }

  long u32() throws FormatException {
    return i32() & 0xFFFF_FFFFL;
  }

  long i64() throws FormatException {
    return content.get(I64, skip(8));
  }

  /** Pickles alone hold floats in big-endian order. */
  double f64() throws FormatException {
    return content.get(F64, skip(8));
  }

  /** Passes over bytes and returns where they begin. */
  long skip(long bytes) throws FormatException {
    if (bytes < 0 || bytes > left()) {
      throw fault(
          at,
          "truncated: "
              + Long.toUnsignedString(bytes)
              + " bytes are needed, "
              + left()
              + " are left; the file is incomplete or damaged");
    }
    long start = at;
    at += bytes;
    return start;
  }

  byte[] bytes(long count) throws FormatException {
    if (count > MAX_TEXT_BYTES) {
      throw fault(at, "a text of " + count + " bytes is over the limit of " + MAX_TEXT_BYTES);
    }
    long start = skip(count);
    charge(count + TEXT_OVERHEAD);
    return copy(start, (int) count);
  }

  private byte[] copy(long start, int count) {
    byte[] bytes = new byte[count];
    MemorySegment.copy(content, U8, start, bytes, 0, count);
    return bytes;
  }

  String utf8(long count) throws FormatException {
    long start = at;
    byte[] bytes = bytes(count);
    String text = utf8(bytes);
    if (text == null) {
      throw fault(start, "malformed UTF-8");
    }
    return text;
  }

  /** Strict; null if malformed. */
  @Nullable String utf8(byte[] bytes) throws FormatException {
    // What decoding takes at worst: UTF-16, first at full length, then trimmed.
    charge(4L * bytes.length + TEXT_OVERHEAD);
    String text = new String(bytes, StandardCharsets.UTF_8);
    if (text.indexOf('\uFFFD') < 0) {
      return text;
    }
    // Either a replacement for something malformed, or that very character.
    charge(4L * bytes.length + TEXT_OVERHEAD);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /** The bytes up to the next newline, which is passed over, one character each. */
  String line(int limit) throws FormatException {
    long start = at;
    long end = start;
    while (end < content.byteSize() && content.get(U8, end) != '\n') {
      if (end - start == limit) {
        throw fault(start, "a line is longer than " + limit + " bytes");
      }
      end++;
    }
    if (end == content.byteSize()) {
      throw fault(start, "truncated: a line does not end");
    }
    charge(2 * (end - start) + TEXT_OVERHEAD);
    byte[] bytes = copy(start, (int) (end - start));
    at = end + 1;
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
