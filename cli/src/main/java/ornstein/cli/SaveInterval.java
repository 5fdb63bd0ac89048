package ornstein.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ornstein.diffusion.train.TrainingProgress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How often a training run saves.
 *
 * @param steps after so many steps; 0 if time decides
 * @param time after so much time; zero if steps decide
 */
record SaveInterval(long steps, Duration time) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smh]?)");

  /** Reads a number of steps ({@code 500}) or a time ({@code 90s}, {@code 10m}, {@code 2h}). */
  static final class Converter implements ITypeConverter<SaveInterval> {
    Converter() {}

    @Override
    public SaveInterval convert(String text) {
      Matcher match = FORM.matcher(text.strip());
      if (!match.matches() || Long.parseLong(match.group(1)) == 0) {
        throw new TypeConversionException(
            "'" + text + "' is neither a number of steps (500) nor a time (90s, 10m, 2h)");
      }
      long number = Long.parseLong(match.group(1));
      return switch (match.group(2)) {
        case "s" -> new SaveInterval(0, Duration.ofSeconds(number));
        case "m" -> new SaveInterval(0, Duration.ofMinutes(number));
        case "h" -> new SaveInterval(0, Duration.ofHours(number));
        default -> new SaveInterval(number, Duration.ZERO);
      };
    }
  }

  /**
   * Whether it is time again: at the steps that are multiples of the number, so that an interrupted
   * run saves at the same ones, or after the time.
   *
   * @param last when it was done last, in time since this process went on with the run
   */
  boolean due(Duration last, TrainingProgress now) {
    return steps > 0 ? now.step() % steps == 0 : now.running().minus(last).compareTo(time) >= 0;
  }

  @Override
  public String toString() {
    return steps > 0 ? Long.toString(steps) : time.toSeconds() + "s";
  }
}
