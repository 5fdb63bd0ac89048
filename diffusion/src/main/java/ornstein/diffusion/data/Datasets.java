package ornstein.diffusion.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Opens data sets, and holds the built-in one. */
public final class Datasets {
  private static final String DIGITS = "digits.csv.gz";
  private static final int HEAD = 512;
  private static final List<String> IDX_IN_FOLDER =
      List.of(
          "train-images-idx3-ubyte",
          "train-images-idx3-ubyte.gz",
          "train-images.idx3-ubyte",
          "train-images.idx3-ubyte.gz");

  private Datasets() {}

  /**
   * Opens a data set, without a listener; see {@link #open(Path, DatasetOptions, DatasetListener)}.
   *
   * @param path the file or folder
   * @param options how to read it
   * @return the data set, of at least one image
   * @throws ornstein.engine.io.FormatException if it is damaged, inconsistent, too large, empty or
   *     of an unknown kind; the message names the file and the remedy
   * @throws IOException if it does not exist or cannot be read
   */
  public static ImageDataset open(Path path, DatasetOptions options) throws IOException {
    return open(path, options, DatasetListener.NONE);
  }

  /**
   * Opens a data set: reads it into memory, or, of a folder of pictures that is too large for that,
   * looks through all files once and decodes them again when they are needed. Its kind is told by
   * content first, then by name:
   *
   * <ul>
   *   <li>an IDX file of unsigned bytes, gzip or not; labels from the file beside it whose name has
   *       {@code labels-idx1} for {@code images-idx3}; or a folder with MNIST's training files
   *   <li>a CIFAR-10 binary file, or a folder of {@code data_batch_*.bin}
   *   <li>a folder of PNG or JPEG files; sub-folders are classes, or what files' names begin with
   *       (see {@link LabelChoice})
   *   <li>an npz archive with {@code arr_0} (or {@code images}, {@code x}, {@code x_train}) of
   *       uint8 {@code [N, H, W]} or {@code [N, H, W, C]} and possibly labels in {@code arr_1} (or
   *       {@code labels}, {@code y}, {@code y_train}); an npy file of such images
   *   <li>a csv file, gzip or not, of an image on each line, possibly with a label in the last
   *       column
   * </ul>
   *
   * @param path the file or folder
   * @param options how to read it
   * @param listener is told how the reading goes on, and of files that are left out
   * @return the data set, of at least one image; close it, because it may read files
   * @throws ornstein.engine.io.FormatException if it is damaged, inconsistent, too large, empty or
   *     of an unknown kind; the message names the file and the remedy
   * @throws IOException if it does not exist or cannot be read
   */
  public static ImageDataset open(Path path, DatasetOptions options, DatasetListener listener)
      throws IOException {
    DatasetReader reader = reader(path, listener);
    if (!(reader instanceof FolderReader)) {
      requirePictures(path, options.loading() == Loading.STREAM, "can be streamed");
      requirePictures(path, options.bits() > 8, "can have 16 bits (--bits)");
    }
    return reader.read(effective(path), options);
  }

  private static void requirePictures(Path path, boolean wanted, String what) throws IOException {
    if (wanted) {
      throw DatasetReader.bad(
          path, "is no folder of PNG or JPEG files, and only such " + what + "; leave that out");
    }
  }

  /**
   * The built-in handwritten digits: 1,797 grey images of 8×8 pixels with values 0 to 16, in ten
   * classes; the test part of UCI's Optical Recognition of Handwritten Digits (E. Alpaydin, C.
   * Kaynak, 1998; CC BY 4.0), as distributed with scikit-learn.
   *
   * @return the data set; its values are {@code v / 8 - 1} exactly
   * @throws IOException if the resource cannot be read
   */
  public static ImageDataset digits() throws IOException {
    InputStream in = Datasets.class.getResourceAsStream(DIGITS);
    if (in == null) {
      throw new NoSuchFileException(
          DIGITS, null, "the built-in digits are missing from this build");
    }
    try (ByteSource source = ByteSource.open(DIGITS, in, ByteSource.MAX_BYTES)) {
      DatasetOptions options = DatasetOptions.defaults().withMaxValue(16);
      return CsvReader.read(Path.of(DIGITS), source, options);
    }
  }

  private static DatasetReader reader(Path path, DatasetListener listener) throws IOException {
    if (Files.isDirectory(path)) {
      if (!idxInFolder(path).equals(path)) {
        return new IdxReader();
      }
      return CifarReader.batches(path).isEmpty() ? new FolderReader(listener) : new CifarReader();
    }
    if (!Files.exists(path)) {
      throw new NoSuchFileException(
          path.toString(), null, "no such file or folder; give the path of a data set");
    }
    if (!Files.isRegularFile(path)) {
      throw DatasetReader.bad(path, "is neither a file nor a folder");
    }
    return fileReader(path);
  }

  private static DatasetReader fileReader(Path path) throws IOException {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    // Before the magic numbers, for a record may start like an IDX header.
    if (name.endsWith(".bin") && Files.size(path) % CifarReader.RECORD == 0) {
      return new CifarReader();
    }
    byte[] head = ByteSource.head(path, HEAD);
    if (head.length == 0) {
      throw DatasetReader.bad(path, "is empty; fetch or write it again");
    }
    if (ArrayReader.isNpy(head) || startsWith(head, 'P', 'K', 3, 4)) {
      return new ArrayReader();
    }
    if (startsWith(head, 0, 0)) {
      return new IdxReader();
    }
    if (ImageDecoder.format(head) != null) {
      throw DatasetReader.bad(path, "is one image; give the folder that holds the images");
    }
    if (isText(head)) {
      return new CsvReader();
    }
    if (name.endsWith(".bin")) {
      return new CifarReader();
    }
    if (name.contains("idx")) {
      return new IdxReader();
    }
    throw DatasetReader.bad(
        path,
        "is of no kind that can be read; give IDX, CIFAR-10 binary, npz, npy or csv, or a folder of"
            + " PNG or JPEG images");
  }

  private static boolean startsWith(byte[] head, int... magic) {
    for (int i = 0; i < magic.length; i++) {
      if (i >= head.length || head[i] != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean isText(byte[] head) {
    for (byte b : head) {
      if (b >= 0 && b < ' ' && b != '\t' && b != '\n' && b != '\r') {
        return false;
      }
    }
    return head[0] == (byte) 0xef || head[0] > 0;
  }

  private static Path effective(Path path) {
    return Files.isDirectory(path) ? idxInFolder(path) : path;
  }

  /** MNIST's training images in a folder, or the folder itself if there are none. */
  private static Path idxInFolder(Path folder) {
    return IDX_IN_FOLDER.stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElse(folder);
  }
}
