package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The binary version of CIFAR-10 (https://www.cs.toronto.edu/~kriz/cifar.html): records of a label
 * byte and 32×32 pixels, first all red, then all green, then all blue. Of a folder the training
 * batches {@code data_batch_*.bin} are read; the test batch is a data set of its own.
 */
final class CifarReader implements DatasetReader {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int PIXELS = 3 * PLANE;

  /** Bytes of one record. */
  static final int RECORD = 1 + PIXELS;

  private static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  @Override
  public ImageDataset read(Path path, DatasetOptions options) throws IOException {
    List<Path> files = Files.isDirectory(path) ? batches(path) : List.of(path);
    MemoryImages.Builder builder = new MemoryImages.Builder(path, options);
    List<Integer> labels = new ArrayList<>();
    for (Path file : files) {
      readBatch(file, builder, labels);
    }
    if (options.labels() == LabelChoice.NONE) {
      return builder.build(new int[0], List.of());
    }
    return builder.build(labels.stream().mapToInt(Integer::intValue).toArray(), CLASSES);
  }

  /** The training batches in a folder, sorted by name; empty if there are none. */
  static List<Path> batches(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, "data_batch_*.bin")) {
      stream.forEach(files::add);
    }
    Collections.sort(files);
    return files;
  }

  private static void readBatch(Path file, MemoryImages.Builder builder, List<Integer> labels)
      throws IOException {
    long size = Files.size(file);
    if (size == 0 || size % RECORD != 0) {
      throw DatasetReader.bad(
          file,
          "has "
              + size
              + " bytes, which is no whole number of CIFAR-10 records of "
              + RECORD
              + " bytes (CIFAR-100 is not read); fetch the binary version of CIFAR-10 again");
    }
    try (ByteSource in = ByteSource.open(file)) {
      for (long i = 0; i < size / RECORD && !builder.full(); i++) {
        int label = in.next();
        if (label >= CLASSES.size()) {
          throw in.bad("record " + i + " has label " + label + "; CIFAR-10's are 0 to 9");
        }
        byte[] planes = in.read(PIXELS, "record " + i);
        byte[] pixels = new byte[PIXELS];
        for (int p = 0; p < PLANE; p++) {
          for (int c = 0; c < 3; c++) {
            pixels[p * 3 + c] = planes[c * PLANE + p];
          }
        }
        builder.add(SIDE, SIDE, 3, pixels);
        labels.add(label);
      }
    }
  }
}
