package ornstein.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar on the error stream. */
final class BarDisplay implements ProgressDisplay {
  private static final int UPDATE_MILLIS = 200;

  private final ProgressBar bar;

  BarDisplay(String task, long from) {
    bar =
        ProgressBar.builder()
            .setTaskName(task)
            .setInitialMax(-1) // unknown until the first step
            .setUpdateIntervalMillis(UPDATE_MILLIS)
            .startsFrom(from, Duration.ZERO)
            .setStyle(style())
            .setConsumer(new ConsoleProgressBarConsumer(System.err))
            .build();
  }

  private static ProgressBarStyle style() {
    Charset charset = System.err.charset();
    return charset.equals(StandardCharsets.UTF_8)
        ? ProgressBarStyle.COLORFUL_UNICODE_BLOCK
        : ProgressBarStyle.ASCII;
  }

  @Override
  public void update(long done, long total, String details) {
    bar.maxHint(total == 0 ? -1 : total);
    bar.stepTo(done);
    bar.setExtraMessage(" " + details);
  }

  @Override
  public void close() {
    bar.close();
  }
}
