package ornstein.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * What one run of a command line gave.
 *
 * @param code its exit code
 * @param out what it printed
 * @param err what it printed on the error stream
 */
record Run(int code, String out, String err) {
  /** Runs the {@code ornstein} command. */
  static Run of(String... args) {
    return of(Main.commandLine(), args);
  }

  /** Runs the given command line. */
  static Run of(CommandLine command, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    int code = command.execute(args);
    return new Run(code, out.toString(), err.toString());
  }
}
