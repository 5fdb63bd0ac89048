package ornstein.engine.io;

/** What a hostile file may still make a reader allocate. */
final class MemoryBudget {
  private final long total;
  private long left;

  MemoryBudget(long bytes) {
    this.total = bytes;
    this.left = bytes;
  }

  static MemoryBudget unlimited() {
    return new MemoryBudget(Long.MAX_VALUE);
  }

  /** To be called before the allocation. */
  void take(String file, String entry, long bytes) throws FormatException {
    if (bytes > left) {
      throw new FormatException(
          file,
          entry,
          -1,
          "reading the file would take more than "
              + total
              + " bytes of memory, as a decompression bomb does; if its origin is to be trusted,"
              + " store it uncompressed and in C order with numpy.savez");
    }
    left -= bytes;
  }
}
