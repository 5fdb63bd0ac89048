package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The MNIST format (http://yann.lecun.com/exdb/mnist/): big-endian extents, then unsigned bytes;
 * images {@code [N, H, W]} or {@code [N, H, W, C]}, labels {@code [N]} in a file of their own.
 */
final class IdxReader implements DatasetReader {
  private static final int UNSIGNED_BYTE = 0x08;

  @Override
  public ImageDataset read(Path path, DatasetOptions options) throws IOException {
    MemoryImages.Builder builder = new MemoryImages.Builder(path, options);
    int count;
    try (ByteSource in = ByteSource.open(path)) {
      int rank = rank(in);
      if (rank == 1) {
        throw in.bad("holds labels, not images; give the images file (…-images-idx3-ubyte)");
      }
      if (rank != 3 && rank != 4) {
        throw in.bad(
            "is an IDX file of " + rank + " dimensions; images have 3 (N, H, W) or 4 (N, H, W, C)");
      }
      count = extent(in, "images", Integer.MAX_VALUE);
      int height = extent(in, "rows", PixelImage.MAX_PIXELS);
      int width = extent(in, "columns", PixelImage.MAX_PIXELS / height);
      int channels = rank == 4 ? extent(in, "channels", 4) : 1;
      for (int i = 0; i < count && !builder.full(); i++) {
        byte[] pixels = in.read(height * width * channels, "image " + i + " of " + count);
        builder.add(height, width, channels, pixels);
      }
      if (!builder.full() && in.next() >= 0) {
        throw in.bad(
            "goes on after the "
                + count
                + " images of "
                + height
                + "x"
                + width
                + "x"
                + channels
                + " that its header promises; fetch it again");
      }
    }
    Path labelFile = labelFile(path);
    if (options.labels() == LabelChoice.NONE || labelFile == null) {
      return builder.build(new int[0], List.of());
    }
    int[] labels = labels(labelFile, path, count);
    return builder.build(labels, MemoryImages.numberedClasses(labelFile, labels));
  }

  private static int rank(ByteSource in) throws IOException {
    int magic = in.int32("the IDX header");
    int type = magic >>> 8;
    if (magic >>> 16 != 0) {
      throw in.bad(String.format("is not an IDX file: it starts with %08x, not 0000", magic));
    }
    if (type != UNSIGNED_BYTE) {
      throw in.bad(
          String.format(
              "is an IDX file of type 0x%02x; only unsigned bytes (0x08) are read, so convert it",
              type));
    }
    return magic & 0xff;
  }

  private static int extent(ByteSource in, String what, long most) throws IOException {
    int n = in.int32("the IDX header");
    if (n <= 0 || n > most) {
      throw in.bad(
          "claims "
              + Integer.toUnsignedString(n)
              + " "
              + what
              + "; at least 1 and at most "
              + most
              + " can be read");
    }
    return n;
  }

  /** The labels file beside an images file, by the names that MNIST's distributors use. */
  private static @Nullable Path labelFile(Path images) {
    String name = images.getFileName().toString();
    String labels =
        name.replace("images-idx3", "labels-idx1").replace("images.idx3", "labels.idx1");
    if (labels.equals(name)) {
      return null;
    }
    String plain = labels.endsWith(".gz") ? labels.substring(0, labels.length() - 3) : labels;
    for (String candidate : List.of(labels, plain, plain + ".gz")) {
      Path file = images.resolveSibling(candidate);
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    return null;
  }

  private static int[] labels(Path file, Path images, int count) throws IOException {
    try (ByteSource in = ByteSource.open(file)) {
      int rank = rank(in);
      if (rank != 1) {
        throw in.bad("is an IDX file of " + rank + " dimensions; labels have 1");
      }
      int n = extent(in, "labels", Integer.MAX_VALUE);
      if (n != count) {
        throw in.bad(
            "holds "
                + n
                + " labels, but "
                + images.getFileName()
                + " holds "
                + count
                + " images; give matching files, or move this one away to read without labels");
      }
      byte[] bytes = in.read(n, "the labels");
      if (in.next() >= 0) {
        throw in.bad("goes on after the " + n + " labels that its header promises");
      }
      int[] labels = new int[n];
      for (int i = 0; i < n; i++) {
        labels[i] = bytes[i] & 0xff;
      }
      return labels;
    }
  }
}
