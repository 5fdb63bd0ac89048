package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Charts in files. Their text needs fonts, which servers and containers may lack: no reason to lose
 * what is drawn, which is in a table too.
 */
final class ChartFile {
  /** What is drawn. */
  @FunctionalInterface
  interface Chart {
    /**
     * Writes the picture.
     *
     * @throws IOException if the file cannot be written
     */
    void save(Path file) throws IOException;
  }

  private ChartFile() {}

  /**
   * Writes a chart if it can be drawn.
   *
   * @param complain told why it cannot, in one line
   * @return whether there is a file
   * @throws IOException if the file cannot be written
   */
  static boolean save(Path file, Chart chart, Consumer<String> complain) throws IOException {
    try {
      chart.save(file);
      return true;
    } catch (RuntimeException | LinkageError e) {
      complain.accept(
          "no "
              + file
              + ": it cannot be drawn ("
              + OneLineErrors.oneLine(e)
              + "); if the JVM lacks fonts, install fontconfig and a font, such as"
              + " fonts-dejavu-core");
      return false;
    }
  }
}
