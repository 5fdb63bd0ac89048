package ornstein.bench.guard;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;

/** Prints judgements, one row each, as they come. */
final class Table {
  private final PrintWriter out;

  Table(PrintWriter out) {
    this.out = out;
  }

  /** Prints a line of text. */
  void line(String text) {
    out.println(text.stripTrailing());
    out.flush();
  }

  /** Prints the names of the columns. */
  void heading() {
    row("figure", "rate", "", "of peak", "recorded", "change", "");
  }

  /** Prints a row, with a remark behind. */
  void row(Judgement j, String remark) {
    row(
        j.figure().name(),
        digits(j.best().rate()),
        j.best().unit(),
        digits(j.best().ratio()),
        optional(j.recorded(), Table::digits),
        optional(j.change(), change -> String.format(Locale.ROOT, "%+.0f %%", 100 * change)),
        remark);
  }

  /** Ratios of different figures differ widely. */
  private static String digits(double value) {
    return Digits.of(value, 3);
  }

  private static String optional(OptionalDouble value, DoubleFunction<String> format) {
    return value.isPresent() ? format.apply(value.getAsDouble()) : "-";
  }

  private void row(
      String figure,
      String rate,
      String unit,
      String ratio,
      String recorded,
      String change,
      String remark) {
    line(
        String.format(
            Locale.ROOT,
            "%-36s %8s %-8s %8s %9s %7s  %s",
            figure,
            rate,
            unit,
            ratio,
            recorded,
            change,
            remark));
  }
}
