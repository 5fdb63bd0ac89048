package ornstein.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** When a training run ends. */
final class LimitArguments {
  private static final long DEFAULT_STEPS = 5000;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "End after N steps; 0 for no end. Default: 5000, unless a time is given.")
  @Nullable Long steps;

  @Option(names = "--seconds", paramLabel = "S", description = "End after a time in seconds, ...")
  @Nullable Double seconds;

  @Option(names = "--minutes", paramLabel = "M", description = "... in minutes, ...")
  @Nullable Double minutes;

  @Option(
      names = "--hours",
      paramLabel = "H",
      description = "... or in hours. With --steps, whatever comes first.")
  @Nullable Double hours;

  LimitArguments() {}

  /** The most steps; 0 for no such limit. */
  long steps(UsageCheck usage) {
    usage.require(steps == null || steps >= 0, "--steps must be at least 0, got " + steps);
    if (steps != null) {
      return steps;
    }
    return time(usage).isZero() ? DEFAULT_STEPS : 0;
  }

  /** The most time; zero for no such limit. */
  Duration time(UsageCheck usage) {
    usage.require(
        Stream.of(seconds, minutes, hours).filter(Objects::nonNull).count() <= 1,
        "--seconds, --minutes and --hours exclude each other; give one of them");
    if (seconds != null) {
      return time(usage, "--seconds", seconds, 1);
    }
    if (minutes != null) {
      return time(usage, "--minutes", minutes, 60);
    }
    return hours == null ? Duration.ZERO : time(usage, "--hours", hours, 3600);
  }

  /** The end that limits set, in words. */
  static String describe(long steps, Duration time) {
    String bySteps = steps == 0 ? "" : String.format(Locale.ROOT, "%,d steps", steps);
    String byTime = time.isZero() ? "" : LineDisplay.clock(time) + " h";
    if (steps == 0 && time.isZero()) {
      return "Ctrl-C";
    }
    return bySteps + (steps == 0 || time.isZero() ? "" : " or ") + byTime;
  }

  /** The time that an option gives. */
  static Duration time(UsageCheck usage, String option, double value, int unitSeconds) {
    double millis = value * unitSeconds * 1000;
    usage.require(
        millis >= 1 && millis < 1e13,
        option + " must be above 0 and below 10^10 seconds, got " + value);
    return Duration.ofMillis((long) millis);
  }
}
