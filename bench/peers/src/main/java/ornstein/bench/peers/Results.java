package ornstein.bench.peers;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;

/**
 * What was measured, put side by side. A library that has several contenders counts with its
 * fastest.
 *
 * @param rows one for each figure and number of threads
 */
record Results(List<Row> rows) {
  /**
   * A figure at a number of threads.
   *
   * @param ornstein Ornstein's measurement
   * @param torch PyTorch's best
   * @param onnx ONNX Runtime's, if it takes part
   * @param error the largest of all contenders' errors
   */
  record Row(
      Measurement ornstein, Optional<Measurement> torch, Optional<Measurement> onnx, double error) {
    private Optional<Measurement> of(Library library) {
      return library == Library.PYTORCH ? torch : onnx;
    }

    /** Ornstein's median time over the library's; below 1 Ornstein is faster. */
    OptionalDouble ratio(Library library) {
      return ratio(library, Measurement::median);
    }

    /** The same of any time. */
    OptionalDouble ratio(Library library, ToDoubleFunction<Measurement> time) {
      return of(library).stream()
          .mapToDouble(other -> time.applyAsDouble(ornstein) / time.applyAsDouble(other))
          .findFirst();
    }
  }

  /** Puts measurements side by side. */
  static Results of(List<Measurement> measurements) {
    SequencedMap<String, List<Measurement>> byFigure = new LinkedHashMap<>();
    for (Measurement m : measurements) {
      String key = m.threads() + " " + m.group() + " " + m.figure();
      byFigure.computeIfAbsent(key, k -> new ArrayList<>()).add(m);
    }
    List<Row> rows = new ArrayList<>();
    for (List<Measurement> figure : byFigure.values()) {
      rows.add(
          new Row(
              best(figure, Library.ORNSTEIN).orElseThrow(),
              best(figure, Library.PYTORCH),
              best(figure, Library.ONNX_RUNTIME),
              figure.stream().mapToDouble(Measurement::error).max().orElse(0)));
    }
    return new Results(rows);
  }

  private static Optional<Measurement> best(List<Measurement> figure, Library library) {
    return figure.stream()
        .filter(m -> m.library() == library)
        .min(Comparator.comparingDouble(Measurement::median));
  }

  /** The rows of one number of threads. */
  List<Row> withThreads(int threads) {
    return rows.stream().filter(row -> row.ornstein().threads() == threads).toList();
  }

  /** The table for people, and below it the geometric means of groups. */
  String toText() {
    StringBuilder text = new StringBuilder();
    text.append("Times are medians over the rounds. Ratios are Ornstein's time over the other");
    text.append(" library's, of the medians\nand, in parentheses, of the least times: below 1");
    text.append(" Ornstein is faster. Errors are parts of the largest value.\n\n");
    line(
        text,
        "figure",
        "threads",
        "Ornstein",
        "PyTorch",
        "",
        "ONNX Runtime",
        "/PyTorch",
        "/ONNX",
        "error");
    for (Row row : rows) {
      Measurement own = row.ornstein();
      line(
          text,
          own.group() + " " + own.figure(),
          Integer.toString(own.threads()),
          time(Optional.of(own)),
          time(row.torch()),
          row.torch().map(Measurement::variant).orElse(""),
          time(row.onnx()),
          ratio(List.of(row), Library.PYTORCH),
          ratio(List.of(row), Library.ONNX_RUNTIME),
          String.format(Locale.ROOT, "%.0e", row.error()));
    }
    text.append("\nGeometric means\n");
    groups()
        .forEach(
            (group, members) ->
                line(
                    text,
                    group,
                    Integer.toString(members.getFirst().ornstein().threads()),
                    "",
                    "",
                    "",
                    "",
                    ratio(members, Library.PYTORCH),
                    ratio(members, Library.ONNX_RUNTIME),
                    ""));
    return text.toString();
  }

  /** Rows by group and number of threads, groups of one row left out. */
  private Map<String, List<Row>> groups() {
    Map<String, List<Row>> groups = new LinkedHashMap<>();
    for (Row row : rows) {
      Measurement own = row.ornstein();
      groups.computeIfAbsent(own.group() + ", " + own.threads(), k -> new ArrayList<>()).add(row);
    }
    groups.values().removeIf(members -> members.size() < 2);
    return groups;
  }

  /** Geometric mean over the rows that have a ratio to the library. */
  private static OptionalDouble mean(
      List<Row> rows, Library library, ToDoubleFunction<Measurement> time) {
    DoubleStream logs =
        rows.stream().flatMapToDouble(r -> r.ratio(library, time).stream()).map(Math::log);
    OptionalDouble log = logs.average();
    return log.isPresent() ? OptionalDouble.of(Math.exp(log.getAsDouble())) : log;
  }

  private static String time(Optional<Measurement> measured) {
    if (measured.isEmpty()) {
      return "";
    }
    Measurement m = measured.get();
    String rate = m.flops() == 0 ? "" : String.format(Locale.ROOT, "%.1f GF/s", m.gflops());
    return String.format(Locale.ROOT, "%.3f ms %10s", m.median(), rate);
  }

  private static String ratio(List<Row> rows, Library library) {
    OptionalDouble median = mean(rows, library, Measurement::median);
    OptionalDouble least = mean(rows, library, Measurement::least);
    return median.isEmpty()
        ? ""
        : String.format(Locale.ROOT, "%.2f (%.2f)", median.getAsDouble(), least.orElse(Double.NaN));
  }

  private static void line(StringBuilder text, String... cells) {
    String line =
        String.format(
            Locale.ROOT, "%-41s %7s %22s %22s %-19s %22s %12s %12s %6s", (Object[]) cells);
    text.append(line.stripTrailing()).append('\n');
  }
}
