package ornstein.engine.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * The directory of a zip archive in mapped memory (PKWARE's APPNOTE 6.3.10, sections 4.3 to 4.5).
 * {@link java.util.zip.ZipFile} does not tell where a stored entry lies, which mapping needs.
 */
final class ZipDirectory {
  private static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int LOCAL_SIGNATURE = 0x04034B50;
  private static final int LOCAL_BYTES = 30;
  private static final int ENTRY_SIGNATURE = 0x02014B50;
  private static final int ENTRY_BYTES = 46;
  private static final int END_SIGNATURE = 0x06054B50;
  private static final int END_BYTES = 22;
  private static final int LOCATOR_SIGNATURE = 0x07064B50;
  private static final int LOCATOR_BYTES = 20;
  private static final int END64_SIGNATURE = 0x06064B50;
  private static final int END64_BYTES = 56;
  private static final long IN_EXTRA = 0xFFFF_FFFFL;

  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int ENCRYPTED = 1;

  /** Deflate's best case: no honest entry grows more than this. */
  private static final long MAX_DEFLATE_RATIO = 1032;

  private static final int MAX_INFLATED = Integer.MAX_VALUE - 64;
  private static final int MAX_ENTRIES = SafeTensorsHeader.MAX_ENTRIES;
  private static final int CHUNK_BYTES = 1 << 16;
  private static final int OVERHEAD_BYTES = 256;

  /** One entry; {@code header} is the offset of its local header. */
  record Entry(String name, int flags, int method, long crc, long packed, long size, long header) {
    boolean isStored() {
      return method == STORED;
    }
  }

  private final String source;
  private final MemorySegment file;
  private final MemoryBudget budget;
  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();

  private ZipDirectory(String source, MemorySegment file, MemoryBudget budget) {
    this.source = source;
    this.file = file;
    this.budget = budget;
  }

  static boolean begins(MemorySegment file) {
    return file.byteSize() >= 4 && file.get(U32, 0) == LOCAL_SIGNATURE;
  }

  static ZipDirectory parse(String source, MemorySegment file, MemoryBudget budget)
      throws FormatException {
    ZipDirectory directory = new ZipDirectory(source, file, budget);
    directory.read(directory.findEnd());
    return directory;
  }

  SequencedMap<String, Entry> entries() {
    return entries;
  }

  private long findEnd() throws FormatException {
    long last = file.byteSize() - END_BYTES;
    for (long at = last; at >= Math.max(0, last - 0xFFFF); at--) {
      if (file.get(U32, at) == END_SIGNATURE && at + END_BYTES + u16(at + 20) == file.byteSize()) {
        return at;
      }
    }
    throw fault(
        null,
        file.byteSize(),
        "the zip archive has no directory at its end; the file is incomplete or damaged");
  }

  private void read(long end) throws FormatException {
    long count = u16(end + 10);
    long size = u32(end + 12);
    long at = u32(end + 16);
    long locator = end - LOCATOR_BYTES;
    if (locator >= 0 && file.get(U32, locator) == LOCATOR_SIGNATURE) {
      long end64 = file.get(I64, locator + 8);
      if (end64 < 0 || end64 > locator - END64_BYTES || file.get(U32, end64) != END64_SIGNATURE) {
        throw fault(null, locator, "the zip archive's 64-bit directory is not where it should be");
      }
      count = file.get(I64, end64 + 32);
      size = file.get(I64, end64 + 40);
      at = file.get(I64, end64 + 48);
    }
    if (count < 0 || count > MAX_ENTRIES) {
      throw fault(null, end, "the zip archive has more than " + MAX_ENTRIES + " entries");
    }
    if (at < 0 || size < 0 || at > end || size > end - at) {
      throw fault(null, end, "the zip archive's directory reaches beyond the file");
    }
    long limit = at + size;
    for (long i = 0; i < count; i++) {
      at = readEntry(at, limit);
    }
  }

  private long readEntry(long at, long limit) throws FormatException {
    if (limit - at < ENTRY_BYTES || file.get(U32, at) != ENTRY_SIGNATURE) {
      throw fault(null, at, "the zip archive's directory is damaged");
    }
    int nameBytes = u16(at + 28);
    int extraBytes = u16(at + 30);
    long extra = at + ENTRY_BYTES + nameBytes;
    long next = extra + extraBytes + u16(at + 32);
    if (next > limit) {
      throw fault(null, at, "an entry of the zip archive's directory reaches beyond it");
    }
    budget.take(source, null, OVERHEAD_BYTES + 5L * nameBytes);
    byte[] name = file.asSlice(at + ENTRY_BYTES, nameBytes).toArray(ValueLayout.JAVA_BYTE);
    long[] sizes = {u32(at + 24), u32(at + 20), u32(at + 42)};
    widen(sizes, extra, extra + extraBytes);
    Entry entry =
        new Entry(
            new String(name, StandardCharsets.UTF_8),
            u16(at + 8),
            u16(at + 10),
            u32(at + 16),
            sizes[1],
            sizes[0],
            sizes[2]);
    if (entries.put(entry.name(), entry) != null) {
      throw fault(entry.name(), at, "appears twice in the archive");
    }
    return next;
  }

  /** Numbers that do not fit stand in the extra field of id 1, those that fit do not. */
  private void widen(long[] sizes, long extra, long limit) {
    long at = extra;
    while (limit - at >= 4) {
      long end = Math.min(limit, at + 4 + u16(at + 2));
      if (u16(at) == 1) {
        long place = at + 4;
        for (int i = 0; i < sizes.length; i++) {
          if (sizes[i] == IN_EXTRA && end - place >= 8) {
            sizes[i] = file.get(I64, place);
            place += 8;
          }
        }
      }
      at = end;
    }
  }

  /** Where the packed bytes of an entry begin, once it is sure that they lie in the file. */
  long start(Entry entry) throws FormatException {
    long header = entry.header();
    if (header < 0
        || header > file.byteSize() - LOCAL_BYTES
        || file.get(U32, header) != LOCAL_SIGNATURE) {
      throw fault(entry.name(), header, "does not begin where the zip archive's directory says");
    }
    long start = header + LOCAL_BYTES + u16(header + 26) + u16(header + 28);
    long most =
        entry.isStored() ? entry.packed() : Math.min(entry.packed(), 1L << 50) * MAX_DEFLATE_RATIO;
    if (entry.packed() < 0
        || entry.packed() > file.byteSize() - start
        || entry.size() < 0
        || entry.size() > most
        || (entry.isStored() && entry.size() != entry.packed())) {
      throw fault(
          entry.name(),
          header,
          "claims "
              + entry.size()
              + " bytes from "
              + entry.packed()
              + " packed ones: the archive is incomplete or damaged");
    }
    if ((entry.flags() & ENCRYPTED) != 0
        || (entry.method() != STORED && entry.method() != DEFLATED)) {
      throw fault(
          entry.name(), header, "is encrypted or packed other than by deflate; store it as it is");
    }
    return start;
  }

  /** The bytes of an entry: mapped ones if it is stored, fresh ones within the budget otherwise. */
  MemorySegment content(Entry entry) throws FormatException {
    MemorySegment packed = file.asSlice(start(entry), entry.packed());
    if (entry.isStored()) {
      return packed;
    }
    if (entry.size() > MAX_INFLATED) {
      throw fault(entry.name(), -1, "is packed and 2 GiB or more; store it uncompressed");
    }
    budget.take(source, entry.name(), entry.size() + OVERHEAD_BYTES);
    return MemorySegment.ofArray(inflate(entry, packed));
  }

  private byte[] inflate(Entry entry, MemorySegment packed) throws FormatException {
    byte[] content = new byte[(int) entry.size()];
    // Copied first: on a mapping of a file that was cut, the inflater's reading would end the JVM.
    byte[] chunk = new byte[(int) Math.min(CHUNK_BYTES, packed.byteSize())];
    try (Inflater inflater = new Inflater(true)) {
      long at = 0;
      int n = 0;
      while (n < content.length) {
        if (inflater.needsInput()) {
          int more = (int) Math.min(chunk.length, packed.byteSize() - at);
          MemorySegment.copy(packed, ValueLayout.JAVA_BYTE, at, chunk, 0, more);
          inflater.setInput(chunk, 0, more);
          at += more;
        }
        int more = inflater.inflate(content, n, content.length - n);
        if (more == 0 && (at == packed.byteSize() || !inflater.needsInput())) {
          throw fault(entry.name(), -1, "unpacks to fewer bytes than it claims");
        }
        n += more;
      }
      return content;
    } catch (DataFormatException e) {
      FormatException fault = fault(entry.name(), -1, "is damaged: " + e.getMessage());
      fault.initCause(e);
      throw fault;
    }
  }

  private int u16(long at) {
    return file.get(U16, at) & 0xFFFF;
  }

  private long u32(long at) {
    return file.get(U32, at) & 0xFFFF_FFFFL;
  }

  private FormatException fault(@Nullable String name, long offset, String problem) {
    return new FormatException(source, name, offset, problem);
  }
}
