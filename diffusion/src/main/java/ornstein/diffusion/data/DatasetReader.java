package ornstein.diffusion.data;

import java.io.IOException;
import java.nio.file.Path;
import ornstein.engine.io.FormatException;

/** Reads one kind of data set; errors name the file and the remedy. */
sealed interface DatasetReader
    permits IdxReader, CifarReader, FolderReader, ArrayReader, CsvReader {
  /** Reads the data set at {@code path}, which is known to exist. */
  ImageDataset read(Path path, DatasetOptions options) throws IOException;

  /** An error that concerns a file as a whole. */
  static FormatException bad(Path file, String problem) {
    return new FormatException(file.toString(), null, -1, problem);
  }
}
