package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.file.Path;

/** Refuses a data set that would not fit in memory, before it exhausts the heap. */
final class PixelBudget {
  // Bytes. Three quarters of the heap leave room for a model and its training state.
  static final long LIMIT = Math.min(4L << 30, Runtime.getRuntime().maxMemory() / 4 * 3);

  private final Path file;
  private long used;

  PixelBudget(Path file) {
    this.file = file;
  }

  /** Accounts for more bytes of pixels. */
  void take(long bytes) throws IOException {
    used += bytes;
    if (used > LIMIT) {
      throw DatasetReader.bad(
          file,
          "holds more than "
              + (LIMIT >> 20)
              + " MiB of pixels, the most that is kept in memory here; limit the number of images,"
              + " make them smaller, give Java a larger heap (-Xmx), or let a folder of pictures be"
              + " streamed (--loading auto)");
    }
  }
}
