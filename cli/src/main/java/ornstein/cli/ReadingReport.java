package ornstein.cli;

import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.DatasetListener;
import picocli.CommandLine;

/**
 * Tells on the error stream of files that are left out, and how far the reading is if it takes
 * long.
 */
final class ReadingReport implements DatasetListener, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final CommandLine command;
  private final long start = System.nanoTime();
  private @Nullable ProgressDisplay display;

  ReadingReport(CommandLine command) {
    this.command = command;
  }

  @Override
  public void onBadFile(String message) {
    PrintWriter err = command.getErr();
    err.println("left out: " + message);
    err.flush();
  }

  @Override
  public void onRead(long done, long total) {
    if (display == null && System.nanoTime() - start > PATIENCE.toNanos()) {
      display = ProgressDisplay.open(command, "reading");
    }
    if (display != null) {
      display.update(done, total, "pictures");
    }
  }

  @Override
  public void close() {
    if (display != null) {
      display.close();
    }
  }
}
