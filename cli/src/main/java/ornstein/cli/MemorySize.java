package ornstein.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An amount of memory on the command line.
 *
 * @param bytes at least 1
 */
record MemorySize(long bytes) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([kmg]?)");

  /** Reads {@code 800m} as Java's {@code -Xmx} does: k, m or g for powers of 1024, or bytes. */
  static final class Converter implements ITypeConverter<MemorySize> {
    Converter() {}

    @Override
    public MemorySize convert(String text) {
      Matcher match = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
      if (!match.matches() || Long.parseLong(match.group(1)) == 0) {
        throw new TypeConversionException(
            "'" + text + "' is no amount of memory; give it like 800m or 2g");
      }
      int shift =
          switch (match.group(2)) {
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> 0;
          };
      return new MemorySize(Long.parseLong(match.group(1)) << shift);
    }
  }

  @Override
  public String toString() {
    return Long.toString(bytes);
  }
}
