package ornstein.engine.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.CRC32;

/** The bytes of one storage, which several tensors may share. */
final class TorchStorage {
  private static final int CRC_CHUNK = 1 << 16;
  private static final long NO_CRC = -1;

  private final String source;
  private final String name;
  private final ByteOrder order;
  private MemorySegment data = MemorySegment.NULL;
  private long offset;
  private long crc = NO_CRC;
  private volatile boolean checked;

  /** The storage of this name, which messages show; its bytes are attached before it is read. */
  TorchStorage(String source, String name, ByteOrder order) {
    this.source = source;
    this.name = name;
    this.order = order;
  }

  /** The storage's bytes lie at {@code offset} of the file. */
  void attach(MemorySegment bytes, long offset) {
    this.data = bytes;
    this.offset = offset;
    this.checked = true;
  }

  /** To be compared with the bytes when they are first read, for that takes time. */
  void expectCrc(long expected) {
    this.crc = expected;
    this.checked = false;
  }

  ByteOrder order() {
    return order;
  }

  long byteSize() {
    return data.byteSize();
  }

  FormatException fault(String problem) {
    return new FormatException(source, name, offset, problem);
  }

  /** The bytes, once it is sure that they are what was written. */
  MemorySegment bytes() throws FormatException {
    if (!checked) {
      check();
    }
    return data;
  }

  private synchronized void check() throws FormatException {
    CRC32 sum = new CRC32();
    // Copied first: on a mapping of a file that was cut, CRC32's own reading would end the JVM.
    byte[] chunk = new byte[(int) Math.min(CRC_CHUNK, data.byteSize())];
    int n;
    for (long at = 0; at < data.byteSize(); at += n) {
      n = (int) Math.min(chunk.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
      sum.update(chunk, 0, n);
    }
    if (sum.getValue() != crc) {
      throw fault("its checksum does not match: the file is damaged");
    }
    checked = true;
  }
}
