package ornstein.bench.guard;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalDouble;

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
        String.format(Locale.ROOT, "%.2f", j.best().rate()),
        j.best().unit(),
        String.format(Locale.ROOT, "%.3f", j.best().ratio()),
        format("%.3f", j.recorded(), 1),
        format("%+.0f %%", j.change(), 100),
        remark);
  }

  private static String format(String format, OptionalDouble value, double factor) {
    return value.isPresent()
        ? String.format(Locale.ROOT, format, factor * value.getAsDouble())
        : "-";
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
