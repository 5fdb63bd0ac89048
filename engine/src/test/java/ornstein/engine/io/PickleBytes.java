package ornstein.engine.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Pickles written by hand, and the archives and legacy files around them, for tests of readers. */
final class PickleBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A pickle that begins with its protocol. */
  static PickleBytes pickle() {
    return new PickleBytes().op(0x80, 2);
  }

  PickleBytes op(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  /** Opcodes and lines that are plain text. */
  PickleBytes raw(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleBytes text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return op('X').le(bytes.length, 4).bytes(bytes);
  }

  PickleBytes whole(long value) {
    return op(0x8A, 8).le(value, 8);
  }

  PickleBytes tuple(long... values) {
    op('(');
    for (long v : values) {
      whole(v);
    }
    return op('t');
  }

  PickleBytes global(String module, String name) {
    return raw("c" + module + "\n" + name + "\n");
  }

  PickleBytes bytes(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  PickleBytes le(long value, int count) {
    byte[] all = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(all, 0, count);
    return this;
  }

  PickleBytes times(int count, int... bytes) {
    byte[] all = new byte[count * bytes.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) bytes[i % bytes.length];
    }
    out.writeBytes(all);
    return this;
  }

  /** The persistent id of a storage of float32. */
  PickleBytes storage(String key, long count) {
    return op('(')
        .text("storage")
        .global("torch", "FloatStorage")
        .text(key)
        .text("cpu")
        .whole(count)
        .op('t', 'Q');
  }

  /** A tensor in storage 0 of {@code count} elements. */
  PickleBytes tensor(long count, long offset, long[] size, long[] stride) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .op('(')
        .storage("0", count)
        .whole(offset)
        .tuple(size)
        .tuple(stride)
        .op(0x89)
        .global("collections", "OrderedDict")
        .op(')', 'R', 't', 'R');
  }

  byte[] done() {
    return op('.').out.toByteArray();
  }

  /** A checkpoint of the zip format, each storage under its index. */
  static byte[] archive(byte[] pickle, byte[]... storages) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      store(zip, "archive/data.pkl", pickle);
      for (int i = 0; i < storages.length; i++) {
        store(zip, "archive/data/" + i, storages[i]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** A file of the legacy format; if the pickle mentions a storage, it is 0, of float32. */
  static byte[] legacy(byte[] pickle, long count, byte[] storage) {
    byte[] magic = {
      0x6C, (byte) 0xFC, (byte) 0x9C, 0x46, (byte) 0xF9, 0x20, 0x6A, (byte) 0xA8, 0x50, 0x19
    };
    boolean used = new String(pickle, StandardCharsets.ISO_8859_1).contains("\u0007\0\0\0storage");
    PickleBytes keys = pickle().op(']');
    return new PickleBytes()
        .bytes(pickle().op(0x8A, 10).bytes(magic).done())
        .bytes(pickle().whole(1001).done())
        .bytes(pickle().op('}').done())
        .bytes(pickle)
        .bytes(used ? keys.text("0").op('a').done() : keys.done())
        .le(count, 8)
        .bytes(storage)
        .out
        .toByteArray();
  }
}
