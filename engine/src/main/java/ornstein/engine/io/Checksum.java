package ornstein.engine.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The SHA-256 of a safetensors file in its own metadata: that of the whole file with zeros in the
 * checksum's place.
 */
final class Checksum {
  static final String ZEROS = "0".repeat(64);
  private static final byte[] FIELD =
      ("\"" + SafeTensors.CHECKSUM_KEY + "\":\"")
          .getBytes(StandardCharsets.US_ASCII); // unescaped, so the key itself
  private static final int CHUNK = 1 << 16;

  private Checksum() {}

  /** Where the header has the checksum's 64 digits; −1 if it has none. */
  private static int place(byte[] header) {
    for (int at = 0; at + FIELD.length + ZEROS.length() < header.length; at++) {
      if (Arrays.equals(header, at, at + FIELD.length, FIELD, 0, FIELD.length)) {
        return at + FIELD.length;
      }
    }
    return -1;
  }

  /** What is written after the header. */
  interface Data {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Replaces the zeros in a header by the checksum. */
  static void seal(byte[] prefix, byte[] header, Data data) throws IOException {
    MessageDigest digest = sha256();
    digest.update(prefix);
    digest.update(header);
    data.writeTo(
        new OutputStream() {
          @Override
          public void write(int b) {
            digest.update((byte) b);
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            digest.update(bytes, offset, length);
          }
        });
    byte[] digits = HexFormat.of().formatHex(digest.digest()).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(digits, 0, header, place(header), digits.length);
  }

  /** Whether a file has the checksum that its metadata says. */
  static boolean holds(MemorySegment content, long dataStart, String said) {
    byte[] head = content.asSlice(0, dataStart).toArray(ValueLayout.JAVA_BYTE);
    int place = place(head);
    if (place < 0) {
      return false;
    }
    Arrays.fill(head, place, place + ZEROS.length(), (byte) '0');
    MessageDigest digest = sha256();
    digest.update(head);
    byte[] chunk = new byte[CHUNK];
    for (long at = dataStart; at < content.byteSize(); at += CHUNK) {
      int n = (int) Math.min(CHUNK, content.byteSize() - at);
      MemorySegment.copy(content, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
      digest.update(chunk, 0, n);
    }
    return HexFormat.of().formatHex(digest.digest()).equals(said);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
