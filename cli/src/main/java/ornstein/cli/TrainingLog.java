package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.train.LossQuartiles;
import ornstein.diffusion.train.TrainingProgress;
import picocli.CommandLine;

/**
 * What a training run leaves for people: lines on the terminal and in {@code log.txt}, {@code
 * metrics.csv}, and the picture of its loss.
 */
final class TrainingLog implements AutoCloseable {
  private static final String PICTURE = "loss.png";

  /** Name of the table of figures. */
  static final String METRICS = "metrics.csv";

  /** Name of the file of lines. */
  static final String LINES = "log.txt";

  private static final String EVENTS = "tensorboard";

  /** The display's average covers about the last tenth of the run, but no more steps than this. */
  private static final double SMOOTHING_STEPS = 100;

  /** A loss of so many times the late average is worth a line. */
  private static final double SPIKE = 4;

  private final CommandLine command;
  private final @Nullable MetricsFile metrics;
  private final @Nullable Path lines;
  private final List<Double> decays;
  private final int stepsPerRow;
  private @Nullable EventFile events;
  private final LossHistory history = new LossHistory();
  private final MetricsRow.Window window = new MetricsRow.Window();
  private double smoothed;
  private long steps;
  private long spikeStep;
  private boolean drawable = true;
  private @Nullable TrainingProgress last;
  private Duration recordedAt = Duration.ZERO;
  private long recordedImages;

  private TrainingLog(
      CommandLine command,
      @Nullable MetricsFile metrics,
      @Nullable Path lines,
      List<Double> decays,
      int stepsPerRow) {
    this.command = command;
    this.metrics = metrics;
    this.lines = lines;
    this.decays = List.copyOf(decays);
    this.stepsPerRow = stepsPerRow;
  }

  /** A log that leaves nothing but the picture. */
  static TrainingLog inMemory(CommandLine command) {
    return new TrainingLog(command, null, null, List.of(), 1);
  }

  /** The log in a run's folder, which goes on after a step. */
  static TrainingLog open(
      CommandLine command, RunFolder folder, long step, int stepsPerRow, List<Double> decays)
      throws IOException {
    List<MetricsRow> known = new ArrayList<>();
    MetricsFile metrics = MetricsFile.open(folder.file(METRICS), step, decays, known);
    TrainingLog log = new TrainingLog(command, metrics, folder.file(LINES), decays, stepsPerRow);
    known.forEach(log.history::add);
    try {
      log.events = EventFile.create(folder.folder(EVENTS), step);
    } catch (IOException | UncheckedIOException e) {
      log.complain("no events in " + EVENTS + ": " + OneLineErrors.describe(e));
    }
    log.note(step == 0 ? "begun" : "resumed at step " + step);
    return log;
  }

  /**
   * Takes a step in.
   *
   * @param validation the loss on held-back images with each average; empty if not measured
   */
  void add(TrainingProgress progress, List<Double> validation) {
    warnOfSpike(progress);
    steps++;
    last = progress;
    double weight = Math.max(10.0 / (steps + 9), 1 / SMOOTHING_STEPS);
    smoothed += weight * (progress.loss() - smoothed);
    window.add(progress);
    if (progress.step() % stepsPerRow == 0) {
      closeRow(validation);
    }
  }

  private void warnOfSpike(TrainingProgress progress) {
    boolean settled = steps >= SMOOTHING_STEPS;
    if (settled
        && progress.loss() > SPIKE * smoothed
        && progress.step() - spikeStep >= SMOOTHING_STEPS) {
      spikeStep = progress.step();
      complain(
          String.format(
              Locale.ROOT,
              "loss spike: %.4f at step %,d, where it was %.4f on average; gradient norm %.3g",
              progress.loss(),
              progress.step(),
              smoothed,
              progress.gradNorm()));
    }
  }

  private void closeRow(List<Double> validation) {
    MetricsRow row = window.close(validation);
    history.add(row);
    if (metrics != null) {
      try {
        metrics.append(row, decays.size());
      } catch (IOException e) {
        complain("no line in " + METRICS + ": " + OneLineErrors.describe(e));
      }
    }
    record(row);
  }

  /** The row for TensorBoard, which groups tags by what is before the slash. */
  private void record(MetricsRow row) {
    TrainingProgress now = last;
    if (events == null || now == null) {
      return;
    }
    SequencedMap<String, Double> values = new LinkedHashMap<>();
    values.put("loss/training", row.loss());
    for (int i = 0; i < row.validation().size(); i++) {
      String average = i == 0 ? "" : "_ema_" + decays.get(i);
      values.put("loss/validation" + average, row.validation().get(i));
    }
    for (int q = 0; q < LossQuartiles.COUNT; q++) {
      values.put("loss_by_timestep/q" + q, row.quartiles().mean(q));
    }
    values.put("optimisation/learning_rate", row.learningRate());
    values.put("optimisation/grad_norm", row.gradNorm());
    // Over the steps of the row, with what was saved and drawn among them.
    double seconds = now.running().minus(recordedAt).toNanos() / 1e9;
    values.put("speed/images_per_second", (now.images() - recordedImages) / seconds);
    recordedAt = now.running();
    recordedImages = now.images();
    try {
      events.scalars(row.step(), values);
    } catch (IOException e) {
      withoutEvents(e);
    }
  }

  /** Shows a picture in TensorBoard, a PNG file of the run. */
  void picture(long step, String tag, Path png) {
    if (events == null) {
      return;
    }
    try {
      events.picture(step, tag, Files.readAllBytes(png));
    } catch (IOException e) {
      withoutEvents(e);
    }
  }

  /** What follows half of a record cannot be read: there is one complaint, then no more events. */
  private void withoutEvents(IOException e) {
    complain("no more events in " + EVENTS + ": " + OneLineErrors.describe(e));
    closeEvents();
  }

  private void closeEvents() {
    try {
      if (events != null) {
        events.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      events = null;
    }
  }

  /** Whether all steps so far are in rows, so that a run resumed here has the same rows. */
  boolean betweenRows() {
    return window.isEmpty();
  }

  /** The state of the run in few words. */
  String details(TrainingProgress progress) {
    return String.format(
        Locale.ROOT, "loss %.4f, %,.0f images/s", smoothed, progress.imagesPerSecond());
  }

  /** The course of this process in a line; there must have been a step. */
  String summary() {
    TrainingProgress p = last;
    if (p == null) {
      throw new IllegalStateException("no step has been taken in");
    }
    return String.format(
        Locale.ROOT,
        "trained %,d steps in %.1f s, %,.0f images/s, loss %.4f",
        p.step(),
        p.elapsed().toNanos() / 1e9,
        p.imagesPerSecond(),
        smoothed);
  }

  /** Writes the picture. */
  List<Path> save(OutputFolder folder) throws IOException {
    if (!window.isEmpty()) {
      closeRow(List.of());
    }
    if (history.isEmpty()) {
      return List.of();
    }
    List<Path> written = new ArrayList<>();
    if (pictured(folder.file(PICTURE))) {
      written.add(folder.file(PICTURE));
    }
    if (metrics != null) {
      written.add(folder.file(METRICS));
    }
    return written;
  }

  /** One complaint is enough: what cannot be drawn once cannot be drawn later. */
  private boolean pictured(Path file) throws IOException {
    LossCurves curves = new LossCurves(history, stepsPerRow);
    if (!drawable || curves.isEmpty()) {
      return false;
    }
    drawable =
        ChartFile.save(
            file,
            new LossChart(curves)::save,
            why -> complain(why + ". " + METRICS + " has the same figures"));
    return drawable;
  }

  /** A line on the terminal and in the log. */
  void say(String line) {
    note(line);
    command.getOut().println(line);
    command.getOut().flush();
  }

  /** A line on the error stream, where a progress bar may be, and in the log. */
  void complain(String line) {
    note(line);
    PrintWriter err = command.getErr();
    err.println(System.lineSeparator() + line);
    err.flush();
  }

  /** A line in the log alone. */
  void note(String line) {
    if (lines == null) {
      return;
    }
    String stamped = Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line;
    try {
      Files.writeString(
          lines,
          stamped + System.lineSeparator(),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException unwritten) {
      // A full disk: the line was shown where people look first.
    }
  }

  @Override
  public void close() {
    closeEvents();
    try {
      if (metrics != null) {
        metrics.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
