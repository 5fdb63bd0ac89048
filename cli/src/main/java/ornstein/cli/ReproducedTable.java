package ornstein.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import ornstein.engine.io.AtomicFile;

/** A table of a paper measured anew, with the published rows and what must hold in both. */
final class ReproducedTable {
  /** Where the rows that were measured come from. */
  static final String MEASURED = "measured";

  /**
   * A row.
   *
   * @param source {@link #MEASURED}, or the published data set
   * @param name what was varied
   * @param values one for each column; NaN where there is none
   * @param errors their standard errors; NaN where they are not known
   */
  record Row(String source, String name, List<Double> values, List<Double> errors) {
    Row {
      values = List.copyOf(values);
      errors = List.copyOf(errors);
    }
  }

  /** What measured rows say of a claim. */
  enum Verdict {
    /** They show it. */
    HOLDS("holds"),
    /** They show the opposite. */
    DOES_NOT_HOLD("DOES NOT HOLD"),
    /** Their differences are within the error of the measurement. */
    NOT_DECIDED("NOT DECIDED, the error is too great or not known");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    /** One that is clear. */
    static Verdict of(boolean holds) {
      return holds ? HOLDS : DOES_NOT_HOLD;
    }

    /** Of something that is claimed of many. */
    static Verdict ofAll(List<Verdict> each) {
      return each.contains(DOES_NOT_HOLD)
          ? DOES_NOT_HOLD
          : each.contains(NOT_DECIDED) ? NOT_DECIDED : HOLDS;
    }
  }

  /**
   * Something that the paper shows, or that theory says beyond it.
   *
   * @param text what it is
   * @param verdict what the measured rows say of it
   */
  record Claim(String text, Verdict verdict) {}

  private final String title;
  private final String corner;
  private final List<String> columns;
  private final List<Row> rows = new ArrayList<>();
  private final List<Claim> claims = new ArrayList<>();
  private final List<String> settings = new ArrayList<>();

  /**
   * A table without rows.
   *
   * @param title what is measured, with the paper's table
   * @param corner what rows and columns are
   * @param columns their heads
   */
  ReproducedTable(String title, String corner, List<String> columns) {
    this.title = title;
    this.corner = corner;
    this.columns = List.copyOf(columns);
  }

  /** Adds a line that says how it was measured. */
  void setting(String text) {
    settings.add(text);
  }

  /** Adds a row that was measured once. */
  void measured(String name, List<Double> values) {
    add(new Row(MEASURED, name, values, unknown()));
  }

  /** Adds a row that was measured repeatedly, in the first columns or all. */
  void repeated(String name, List<Repeated> cells) {
    List<Double> values = new ArrayList<>(cells.stream().map(Repeated::mean).toList());
    List<Double> errors = new ArrayList<>(cells.stream().map(Repeated::standardError).toList());
    List<Double> rest = Collections.nCopies(columns.size() - cells.size(), Double.NaN);
    values.addAll(rest);
    errors.addAll(rest);
    add(new Row(MEASURED, name, values, errors));
  }

  /** Adds a published row. */
  void published(String source, String name, List<Double> values) {
    add(new Row(source, name, values, unknown()));
  }

  private List<Double> unknown() {
    return Collections.nCopies(columns.size(), Double.NaN);
  }

  private void add(Row row) {
    if (row.values().size() != columns.size() || row.errors().size() != columns.size()) {
      throw new IllegalArgumentException(
          row.name()
              + " has "
              + row.values().size()
              + " values for "
              + columns.size()
              + " columns");
    }
    rows.add(row);
  }

  /** Adds something that is expected to hold. */
  void claim(String text, boolean holds) {
    claim(text, Verdict.of(holds));
  }

  /** Adds something of which the error of the measurement may say nothing. */
  void claim(String text, Verdict verdict) {
    claims.add(new Claim(text, verdict));
  }

  String title() {
    return title;
  }

  List<String> columns() {
    return columns;
  }

  /** The rows in order. */
  List<Row> rows() {
    return Collections.unmodifiableList(rows);
  }

  /**
   * Writes the table as CSV and Markdown.
   *
   * @param folder where
   * @param name the files' name without its end
   * @return the files
   * @throws IOException if one cannot be written
   */
  List<Path> write(OutputFolder folder, String name) throws IOException {
    Path csv = folder.file(name + ".csv");
    Path markdown = folder.file(name + ".md");
    text(csv, csv());
    text(markdown, markdown());
    return List.of(csv, markdown);
  }

  private static void text(Path file, String text) throws IOException {
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A line for each value. */
  String csv() {
    StringBuilder csv = new StringBuilder("source,row,column,value,standard_error\n");
    for (Row row : rows) {
      for (int i = 0; i < columns.size(); i++) {
        String value = String.valueOf(row.values().get(i));
        String error = String.valueOf(row.errors().get(i));
        csv.append(CsvLine.of(List.of(row.source(), row.name(), columns.get(i), value, error)));
        csv.append('\n');
      }
    }
    return csv.toString();
  }

  /** A table for each source, then what holds. */
  String markdown() {
    StringBuilder text = new StringBuilder("# ").append(title).append("\n\n");
    settings.forEach(line -> text.append(line).append("\n\n"));
    for (String source : rows.stream().map(Row::source).distinct().toList()) {
      text.append("| ").append(source).append(": ").append(corner).append(" | ");
      text.append(String.join(" | ", columns)).append(" |\n|---|");
      text.append("---|".repeat(columns.size())).append('\n');
      for (Row row : rows) {
        if (row.source().equals(source)) {
          text.append("| ").append(row.name()).append(" |");
          for (int i = 0; i < columns.size(); i++) {
            text.append(' ').append(cell(row.values().get(i), row.errors().get(i))).append(" |");
          }
          text.append('\n');
        }
      }
      text.append('\n');
    }
    claims.forEach(c -> text.append(line(c)).append('\n'));
    return text.toString();
  }

  private static String line(Claim claim) {
    return "- " + claim.verdict().words + ": " + claim.text();
  }

  /** The error with two digits, and the value with as many decimals. */
  private static String cell(double value, double error) {
    if (Double.isNaN(error) || error == 0) {
      return number(value);
    }
    int decimals = Math.max(0, 1 - (int) Math.floor(Math.log10(error)));
    String format = "%." + decimals + "f";
    return String.format(Locale.ROOT, format + " ± " + format, value, error);
  }

  /** Four digits, whatever the size. */
  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    double size = Math.abs(value);
    int digits = size >= 100 ? 1 : size >= 1 ? 3 : size >= 0.01 ? 5 : 7;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
