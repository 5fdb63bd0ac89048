package ornstein.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * Progress as lines of text, for logs. The first comes after ten seconds; then the pauses grow with
 * the time that has passed, so that a run of days does not flood its log.
 */
final class LineDisplay implements ProgressDisplay {
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final double GROWTH = 1.2;

  private final PrintWriter err;
  private final String task;
  private final long from;
  private final long start = System.nanoTime();
  private long next = FIRST.toNanos();
  private String line = "";

  LineDisplay(PrintWriter err, String task, long from) {
    this.err = err;
    this.task = task;
    this.from = from;
  }

  @Override
  public void update(long done, long total, String details) {
    long elapsed = System.nanoTime() - start;
    line = describe(done, total, details, elapsed);
    if (elapsed >= next) {
      print();
      next = Math.max(elapsed + FIRST.toNanos(), (long) (elapsed * GROWTH));
    }
  }

  private String describe(long done, long total, String details, long nanos) {
    StringBuilder text = new StringBuilder(task);
    text.append(String.format(Locale.ROOT, ": step %,d", done));
    if (total > 0) {
      text.append(String.format(Locale.ROOT, " of %,d", total));
    }
    if (!details.isEmpty()) {
      text.append(", ").append(details);
    }
    text.append(", ").append(clock(Duration.ofNanos(nanos))).append(" gone");
    if (total > done) {
      timeLeft(done - from, total - done, nanos)
          .ifPresent(left -> text.append(", ").append(clock(left)).append(" left"));
    }
    return text.toString();
  }

  /**
   * How long the rest takes at the speed so far.
   *
   * @param done steps done in the time that has passed
   * @param rest steps to do
   * @param nanos the time that has passed
   */
  static Optional<Duration> timeLeft(long done, long rest, long nanos) {
    return done > 0
        ? Optional.of(Duration.ofNanos((long) ((double) nanos * rest / done)))
        : Optional.empty();
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
