package ornstein.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that {@code --out} names. */
final class OutputFolder {
  private final Path path;

  private OutputFolder(Path path) {
    this.path = path;
  }

  /** Checks the folder without creating it, so that other errors of usage leave nothing behind. */
  static OutputFolder of(UsageCheck usage, Path path) {
    usage.require(
        !Files.exists(path) || Files.isDirectory(path),
        "--out " + path + " is a file; give a folder, which is created if it does not exist");
    return new OutputFolder(path);
  }

  /** Creates the folder and what is above it, where they do not exist. */
  void create() throws IOException {
    create(path);
    if (!Files.isWritable(path)) {
      throw new AccessDeniedException(path.toString());
    }
  }

  /** Creates a folder that --out asks for. */
  static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new CliException(
          "--out: " + e.getFile() + " is a file in the way", "move it, or give another folder", e);
    } catch (IOException e) {
      throw new CliException(
          "--out: the folder " + folder + " cannot be created", "give one where you may write", e);
    }
  }

  /** A file in it. */
  Path file(String name) {
    return path.resolve(name);
  }

  /** The folder itself. */
  Path path() {
    return path;
  }
}
