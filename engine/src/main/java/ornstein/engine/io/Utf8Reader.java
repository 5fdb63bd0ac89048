package ornstein.engine.io;

import java.io.Reader;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/** Decodes mapped UTF-8 strictly; a malformed byte is reported with its offset in the file. */
final class Utf8Reader extends Reader {
  private final String source;
  private final ByteBuffer bytes;
  private final long start;
  private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();

  /** {@code start} is the text's offset in its file. */
  Utf8Reader(String source, MemorySegment text, long start) {
    this.source = source;
    this.bytes = text.asByteBuffer();
    this.start = start;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws FormatException {
    if (length < 2) {
      throw new IllegalArgumentException("room for a surrogate pair is needed");
    }
    CharBuffer out = CharBuffer.wrap(buffer, offset, length);
    CoderResult result = decoder.decode(bytes, out, true);
    int decoded = length - out.remaining();
    if (decoded == 0 && result.isError()) {
      throw new FormatException(source, null, start + bytes.position(), "malformed UTF-8");
    }
    return decoded == 0 ? -1 : decoded;
  }

  @Override
  public void close() {}

  /** How many bytes encode the first {@code units} UTF-16 units, in which JSON parsers count. */
  static long bytes(MemorySegment text, long units) {
    long at = 0;
    for (long seen = 0; at < text.byteSize() && seen < units; at++) {
      int lead = text.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
      seen += lead >= 0xF0 ? 2 : isContinuation(text, at) ? 0 : 1;
    }
    while (at < text.byteSize() && isContinuation(text, at)) {
      at++;
    }
    return at;
  }

  private static boolean isContinuation(MemorySegment text, long at) {
    return (text.get(ValueLayout.JAVA_BYTE, at) & 0xC0) == 0x80;
  }
}
