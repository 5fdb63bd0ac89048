package ornstein.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;

/** The figures of an evaluation as they come; each is printed at once. */
final class EvalFigures {
  private final CommandLine command;
  private final Set<EvalMetric> asked;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private final Set<EvalMetric> impossible = EnumSet.noneOf(EvalMetric.class);

  /**
   * Begins without figures.
   *
   * @param asked what must be measured; empty for whatever can be
   */
  EvalFigures(CommandLine command, Set<EvalMetric> asked) {
    this.command = command;
    this.asked = asked;
  }

  /** Whether one of these is to be measured, and not known to be impossible. */
  boolean wants(EvalMetric... metrics) {
    return List.of(metrics).stream()
        .anyMatch(m -> (asked.isEmpty() || asked.contains(m)) && !impossible.contains(m));
  }

  /** Adds a figure. */
  void add(Figure figure) {
    figures.add(figure);
    PrintWriter out = command.getOut();
    out.println(figure.line());
    out.flush();
  }

  /** Notes that something cannot be measured, which is an error if it was asked for. */
  void leaveOut(EvalMetric metric, String cause, String remedy) {
    if (asked.contains(metric)) {
      throw new CliException("--metrics " + metric + ": " + cause, remedy);
    }
    if (impossible.add(metric) && asked.isEmpty()) {
      leftOut.add(metric + ": " + cause + "; " + remedy);
    }
  }

  /** Notes that a figure has no value, in a line. */
  void note(String line) {
    leftOut.add(line);
  }

  /** All of them. */
  EvalReport report() {
    return new EvalReport(figures, leftOut);
  }
}
