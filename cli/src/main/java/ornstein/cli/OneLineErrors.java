package ornstein.cli;

import java.io.FileNotFoundException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import ornstein.diffusion.train.TrainingException;
import ornstein.engine.io.FormatException;
import picocli.CommandLine;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Reports a failure in one line on the error stream: exit code 2 for wrong usage, 1 for a failure.
 * {@code --verbose} adds the stack trace.
 */
final class OneLineErrors implements IParameterExceptionHandler, IExecutionExceptionHandler {
  static final String VERBOSE = "--verbose";

  @Override
  public int handleParseException(ParameterException e, String[] args) {
    CommandLine command = e.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    StringBuilder line = new StringBuilder(name).append(": ").append(oneLine(e));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        line.append("; did you mean ").append(suggestions.get(0)).append('?');
      }
    }
    line.append("; see '").append(name).append(" --help'");
    print(command, line.toString(), e, Arrays.asList(args).contains(VERBOSE));
    return ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
    String name = command.getCommandSpec().qualifiedName();
    boolean verbose = parsed.originalArgs().contains(VERBOSE);
    print(command, name + ": " + describe(e), e, verbose);
    return ExitCode.SOFTWARE;
  }

  /**
   * Runs the command. Two errors of the JVM can be a user's doing, so they are reported like
   * exceptions: too small a heap, and a system property that a class cannot start with.
   */
  int run(ParseResult parsed) {
    try {
      return new RunLast().execute(parsed);
    } catch (OutOfMemoryError e) {
      String heap = (Runtime.getRuntime().maxMemory() >> 20) + " MiB";
      throw failed(
          parsed,
          new CliException(
              "out of memory, the heap is " + heap,
              "give it more with ORNSTEIN_JAVA_OPTS=-Xmx8g, or ask for smaller batches",
              e));
    } catch (ExceptionInInitializerError e) {
      if (e.getCause() instanceof Exception cause) {
        throw failed(parsed, cause);
      }
      throw e;
    }
  }

  private static ExecutionException failed(ParseResult parsed, Exception cause) {
    List<CommandLine> chain = parsed.asCommandLineList();
    return new ExecutionException(chain.get(chain.size() - 1), cause.getMessage(), cause);
  }

  private static void print(CommandLine command, String line, Exception e, boolean verbose) {
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText(line));
    if (verbose) {
      e.printStackTrace(err);
    }
    err.flush();
  }

  /**
   * One line for a failure. A message written for people is shown as it is; a failure nobody
   * foresaw is shown with its type, and how to see more.
   */
  static String describe(Throwable e) {
    if (e instanceof UncheckedIOException && e.getCause() != null) {
      return describe(e.getCause());
    }
    if (e instanceof CliException
        || e instanceof FormatException
        || e instanceof TrainingException
        || e instanceof IllegalArgumentException) {
      return oneLine(e);
    }
    if (e instanceof CancellationException) {
      return "cancelled";
    }
    if (e instanceof FileSystemException f) {
      return describe(f);
    }
    String more = VERBOSE + " shows where it happened";
    if (e instanceof FileNotFoundException) {
      return oneLine(e) + "; check the path";
    }
    return e.getClass().getSimpleName() + ": " + oneLine(e) + "; " + more;
  }

  /** Most of these exceptions carry the path alone as their message; some add a reason. */
  private static String describe(FileSystemException e) {
    String file = String.valueOf(e.getFile());
    if (e.getReason() != null && e.getReason().contains("; ")) {
      return file + ": " + e.getReason(); // cause and remedy
    }
    if (e instanceof NoSuchFileException) {
      return file + ": no such file or folder; check the path";
    }
    if (e instanceof AccessDeniedException) {
      return file + ": access denied; check its permissions";
    }
    if (e instanceof NotDirectoryException) {
      return file + ": not a folder; give a folder";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof DirectoryNotEmptyException) {
      return file + ": is in the way; move it or choose another path";
    }
    return oneLine(e) + "; check the path and the disk";
  }

  /** The message of a failure alone. */
  static String oneLine(Throwable e) {
    String message = e.getMessage();
    return message == null ? "no message" : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
