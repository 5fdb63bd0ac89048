package ornstein.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import ornstein.engine.io.AtomicFile;

/**
 * The figures of an evaluation as files.
 *
 * @param figures the figures in order
 * @param leftOut what was not measured, and why, a line each
 */
record EvalReport(List<Figure> figures, List<String> leftOut) {

  EvalReport {
    figures = List.copyOf(figures);
    leftOut = List.copyOf(leftOut);
  }

  /** A line for each figure under a line of names. */
  void writeCsv(Path file) throws IOException {
    StringBuilder text = new StringBuilder(String.join(",", Figure.COLUMNS)).append('\n');
    for (Figure figure : figures) {
      text.append(CsvLine.of(figure.cells())).append('\n');
    }
    write(file, text);
  }

  /** A table, and the picture if there is one. */
  void writeMarkdown(Path file, boolean picture) throws IOException {
    StringBuilder text = new StringBuilder("# Evaluation\n\n");
    text.append("Figures compare only with those of the same extractor, reference and number of");
    text.append(" samples.\n\n");
    row(text, Figure.COLUMNS);
    row(text, Figure.COLUMNS.stream().map(c -> "---").toList());
    figures.forEach(f -> row(text, f.cells()));
    if (!leftOut.isEmpty()) {
      text.append("\nLeft out:\n\n");
      leftOut.forEach(line -> text.append("- ").append(line).append('\n'));
    }
    if (picture) {
      text.append(
          "\nPairs of a sample and the training image that is nearest to it in pixels, the");
      text.append(" most suspicious first:\n\n![Samples and their nearest training images](");
      text.append(EvalCommand.PICTURE).append(")\n");
    }
    write(file, text);
  }

  private static void row(StringBuilder text, List<String> cells) {
    text.append("| ");
    text.append(cells.stream().map(c -> c.replace("|", "\\|")).collect(Collectors.joining(" | ")));
    text.append(" |\n");
  }

  private static void write(Path file, StringBuilder text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
