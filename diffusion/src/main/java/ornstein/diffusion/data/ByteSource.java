package ornstein.diffusion.data;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import ornstein.engine.io.FormatException;

/**
 * The bytes of a data file in order, decompressed if the file is gzip, with at most so many bytes
 * let through that a decompression bomb ends in an error.
 */
final class ByteSource implements Closeable {
  /** The most bytes one file may hold once decompressed. */
  static final long MAX_BYTES = 4L << 30;

  private final String file;
  private final InputStream in;
  private final long limit;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int end;
  private long consumed;

  private ByteSource(String file, InputStream in, long limit) {
    this.file = file;
    this.in = in;
    this.limit = limit;
  }

  static ByteSource open(Path file) throws IOException {
    return open(file.toString(), Files.newInputStream(file), MAX_BYTES);
  }

  /** Reads from {@code raw}, which this closes; {@code file} is only named in errors. */
  static ByteSource open(String file, InputStream raw, long limit) throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, 1 << 16);
    try {
      in.mark(2);
      boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
      in.reset();
      return new ByteSource(file, gzip ? new GZIPInputStream(in, 1 << 16) : in, limit);
    } catch (EOFException | ZipException e) {
      raw.close();
      throw broken(file, 0, e);
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /** The first bytes, at most {@code count}; fewer if the file is shorter. */
  static byte[] head(Path file, int count) throws IOException {
    try (ByteSource source = open(file)) {
      byte[] head = new byte[count];
      int n = 0;
      for (int b = source.next(); b >= 0; b = n < count ? source.next() : -1) {
        head[n++] = (byte) b;
      }
      return Arrays.copyOf(head, n);
    }
  }

  private static FormatException broken(String file, long offset, IOException cause) {
    FormatException e =
        new FormatException(
            file,
            null,
            offset,
            "the gzip data is broken or cut off (" + cause.getMessage() + "); fetch it again");
    e.initCause(cause);
    return e;
  }

  /** The position of the next byte, after decompression. */
  long offset() {
    return consumed + at;
  }

  /** The next byte 0–255, or −1 at the end. */
  int next() throws IOException {
    if (at == end && !fill()) {
      return -1;
    }
    return buffer[at++] & 0xff;
  }

  private boolean fill() throws IOException {
    consumed += end;
    at = 0;
    end = 0;
    int n;
    try {
      n = in.read(buffer, 0, buffer.length);
    } catch (EOFException | ZipException e) {
      throw broken(file, consumed, e);
    }
    end = Math.max(n, 0);
    if (consumed + end > limit) {
      throw bad(
          "holds more than "
              + limit
              + " bytes once decompressed, the most that is read from one"
              + " file; split it into smaller ones");
    }
    return n > 0;
  }

  /** Exactly the next bytes; {@code what} they are is named if the file ends before. */
  byte[] read(int count, String what) throws IOException {
    byte[] bytes = new byte[count];
    int done = 0;
    while (done < count) {
      if (at == end && !fill()) {
        throw bad(
            "ends within "
                + what
                + ": "
                + (count - done)
                + " of "
                + count
                + " bytes are missing;"
                + " fetch the file again");
      }
      int n = Math.min(count - done, end - at);
      System.arraycopy(buffer, at, bytes, done, n);
      at += n;
      done += n;
    }
    return bytes;
  }

  /** A big-endian 32-bit integer. */
  int int32(String what) throws IOException {
    byte[] b = read(4, what);
    return ByteBuffer.wrap(b).getInt();
  }

  /** An error at the current position. */
  FormatException bad(String message) {
    return new FormatException(file, null, offset(), message);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
