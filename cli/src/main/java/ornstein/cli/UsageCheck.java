package ornstein.cli;

import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Turns values that cannot be used into errors of usage, before any work is done.
 *
 * @param spec the command whose options are checked
 */
record UsageCheck(CommandSpec spec) {
  /** What the supplier gives; its {@link IllegalArgumentException} becomes an error of usage. */
  <T> T valid(Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** Fails unless a condition holds; the message gives option, value and what would be right. */
  void require(boolean condition, String message) {
    if (!condition) {
      throw error(message);
    }
  }

  /** Says how an option is understood where that may surprise. */
  void note(String message) {
    spec.commandLine().getErr().println(message);
    spec.commandLine().getErr().flush();
  }

  /** An error of usage to throw. */
  ParameterException error(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
