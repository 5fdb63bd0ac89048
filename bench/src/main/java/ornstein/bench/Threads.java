package ornstein.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import ornstein.engine.kernel.Kernels;

/** How many threads a back end works on. */
final class Threads {
  private static final Pattern NAME = Pattern.compile(".*x(\\d+)");

  private Threads() {}

  /**
   * Reads the number from the back end's name, such as {@code vector-256x2}.
   *
   * @throws IllegalArgumentException if the name does not end so
   */
  static int of(Kernels kernels) {
    Matcher name = NAME.matcher(kernels.name());
    if (!name.matches()) {
      throw new IllegalArgumentException(
          "the name of the kernels should end in x and the number of threads, got "
              + kernels.name());
    }
    return Integer.parseInt(name.group(1));
  }
}
