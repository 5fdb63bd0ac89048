package ornstein.cli;

import java.io.Console;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Locale;
import java.util.Optional;

/** What the error stream is connected to. */
final class Terminal {
  private Terminal() {}

  /** Whether the error stream is a terminal, where a line can be drawn over. */
  static boolean onErrorStream() {
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows")) {
      return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
    try {
      // Java tells it of its standard input and output only, so a child that inherits is asked.
      Process test =
          new ProcessBuilder("test", "-t", "2")
              .redirectInput(Redirect.INHERIT)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.INHERIT)
              .start();
      return test.waitFor() == 0;
    } catch (IOException e) {
      return false; // No such program: plain lines suit every stream.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
