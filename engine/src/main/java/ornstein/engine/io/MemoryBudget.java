package ornstein.engine.io;

import org.jspecify.annotations.Nullable;

/** What a hostile file may still make a reader allocate. */
final class MemoryBudget {
  private final long total;
  private final String remedy;
  private long left;

  MemoryBudget(long bytes) {
    this(bytes, "store it uncompressed and in C order with numpy.savez");
  }

  /** The remedy is what to do with a file whose origin is to be trusted. */
  MemoryBudget(long bytes, String remedy) {
    this.total = bytes;
    this.remedy = remedy;
    this.left = bytes;
  }

  static MemoryBudget unlimited() {
    return new MemoryBudget(Long.MAX_VALUE);
  }

  /** What may still be taken. */
  long left() {
    return left;
  }

  /** To be called before the allocation. */
  void take(String file, @Nullable String entry, long bytes) throws FormatException {
    if (bytes > left) {
      throw new FormatException(
          file,
          entry,
          -1,
          "reading the file would take more than "
              + total
              + " bytes of memory, as a decompression bomb does; if its origin is to be trusted, "
              + remedy);
    }
    left -= bytes;
  }
}
