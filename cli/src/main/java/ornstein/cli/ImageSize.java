package ornstein.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A size of images on the command line.
 *
 * @param height rows, at least 1
 * @param width columns, at least 1
 */
record ImageSize(int height, int width) {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,5})(?:[xX]([0-9]{1,5}))?");

  /** Reads {@code 32x48}, rows first, or {@code 32} for a square. */
  static final class Converter implements ITypeConverter<ImageSize> {
    Converter() {}

    @Override
    public ImageSize convert(String text) {
      Matcher match = FORM.matcher(text.strip());
      if (match.matches()) {
        int height = Integer.parseInt(match.group(1));
        int width = match.group(2) == null ? height : Integer.parseInt(match.group(2));
        if (height > 0 && width > 0) {
          return new ImageSize(height, width);
        }
      }
      throw new TypeConversionException(
          "'" + text + "' is no image size; give height and width in pixels, such as 32x48, or 32");
    }
  }

  @Override
  public String toString() {
    return height + "x" + width;
  }
}
