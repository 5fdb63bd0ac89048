package ornstein.diffusion.data;

import java.nio.file.Path;
import ornstein.engine.io.FormatException;

/** The files of a folder that cannot be read: reported and left out, up to a limit. */
final class BadFiles {
  private final Path folder;
  private final int most;
  private final DatasetListener listener;
  private int found;

  BadFiles(Path folder, int most, DatasetListener listener) {
    this.folder = folder;
    this.most = most;
    this.listener = listener;
  }

  /** Takes note of a file, or fails if there are too many. */
  void add(FormatException problem) throws FormatException {
    if (most == 0) {
      throw problem;
    }
    listener.onBadFile(String.valueOf(problem.getMessage()));
    found++;
    if (found > most) {
      FormatException e =
          DatasetReader.bad(
              folder,
              "holds more files that cannot be read than the "
                  + most
                  + " that may be left out; mend or remove them, or allow more (--max-bad-files)");
      e.initCause(problem);
      throw e;
    }
  }

  /** Fails if nothing else is left. */
  void requireOthers(boolean others) throws FormatException {
    if (!others) {
      throw DatasetReader.bad(
          folder, "holds no picture that can be read; give a folder with at least one");
    }
  }
}
