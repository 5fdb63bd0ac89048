package ornstein.cli;

import java.util.List;
import java.util.stream.Collectors;

/** A line of a csv file as RFC 4180 has it: cells with commas, quotes or line breaks are quoted. */
final class CsvLine {
  private CsvLine() {}

  /** The line without its end. */
  static String of(List<String> cells) {
    return cells.stream().map(CsvLine::cell).collect(Collectors.joining(","));
  }

  private static String cell(String text) {
    return text.matches("[^\",\\r\\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
