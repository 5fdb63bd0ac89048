package ornstein.cli;

import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/**
 * Lets Ctrl-C end a computation in good order. While one of these is open, the process does not end
 * at once when it is told to: the computation is asked to stop, and the process waits until it has
 * saved what it has and closes this, or until a minute has passed.
 */
final class Interruption implements AutoCloseable {
  /** Exit code of a process that Ctrl-C ended, as shells count: 128 + SIGINT. */
  static final int EXIT_CODE = 130;

  private static final long PATIENCE_SECONDS = 60;

  private final CountDownLatch finished = new CountDownLatch(1);
  private final Thread hook;
  private volatile boolean requested;

  private Interruption(PrintWriter err, String notice, Runnable stop) {
    hook = new Thread(() -> interrupt(err, notice, stop), "ornstein-interruption");
  }

  /**
   * Begins to guard a computation.
   *
   * @param command what is interrupted
   * @param notice said once Ctrl-C comes
   * @param stop asks the computation to end soon; called from another thread
   */
  static Interruption guard(CommandLine command, String notice, Runnable stop) {
    Interruption guard = new Interruption(command.getErr(), notice, stop);
    Runtime.getRuntime().addShutdownHook(guard.hook);
    return guard;
  }

  private void interrupt(PrintWriter err, String notice, Runnable stop) {
    requested = true;
    stop.run();
    // The terminal shows ^C, and maybe a progress bar, on the line.
    err.println(System.lineSeparator() + notice);
    err.flush();
    try {
      if (!finished.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        err.println("still not done after " + PATIENCE_SECONDS + " s: giving up");
        err.flush();
      }
    } catch (InterruptedException e) {
      // The process ends, whatever is unfinished.
      Thread.currentThread().interrupt();
    }
  }

  /** Whether the process was told to end. */
  boolean requested() {
    return requested;
  }

  /** Lets the process end: everything that must be saved is. */
  @Override
  public void close() {
    finished.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException endingAlready) {
      // The hook runs: that is what it is for.
    }
  }
}
