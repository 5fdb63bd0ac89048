package ornstein.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/**
 * Progress as lines of text, for logs. The first comes after ten seconds; then the pauses grow with
 * the time that has passed, so that a run of days does not flood its log.
 */
final class LineDisplay implements ProgressDisplay {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final double GROWTH = 1.2;

  private final PrintWriter err;
  private final String task;
  private final long start = System.nanoTime();
  private long next = FIRST.toNanos();
  private String line = "";

  LineDisplay(PrintWriter err, String task) {
    this.err = err;
    this.task = task;
  }

  @Override
  public void update(long done, long total, String details) {
    long elapsed = System.nanoTime() - start;
    line = describe(done, total, details, Duration.ofNanos(elapsed));
    if (elapsed >= next) {
      print();
      next = Math.max(elapsed + FIRST.toNanos(), (long) (elapsed * GROWTH));
    }
  }

  private String describe(long done, long total, String details, Duration elapsed) {
    StringBuilder text = new StringBuilder(task);
    text.append(String.format(Locale.ROOT, ": step %,d", done));
    if (total > 0) {
      text.append(String.format(Locale.ROOT, " of %,d", total));
    }
    text.append(", ").append(details).append(", ").append(clock(elapsed)).append(" gone");
    if (done > 0 && total > done) {
      Duration left = Duration.ofNanos((long) (elapsed.toNanos() * ((double) total / done - 1)));
      text.append(", ").append(clock(left)).append(" left");
    }
    return text.toString();
  }

  /** Hours, minutes and seconds. */
  static String clock(Duration time) {
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
  }

  private void print() {
    err.println(line);
    err.flush();
    line = "";
  }

  @Override
  public void close() {
    if (!line.isEmpty()) {
      print();
    }
  }
}
