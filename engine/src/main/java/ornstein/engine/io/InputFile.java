package ornstein.engine.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The checks that every reader makes before it opens a file. */
final class InputFile {
  private InputFile() {}

  /** The size in bytes of a regular file; a folder or a pipe is refused, for a pipe could block. */
  static long size(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new FormatException(
          file.toString(), null, -1, "not a regular file; give the path of the file itself");
    }
    return Files.size(file);
  }
}
