package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.train.Trainer;
import ornstein.diffusion.train.TrainingException;
import ornstein.diffusion.train.TrainingProgress;
import picocli.CommandLine;

/**
 * A training run as a command performs it: shows its progress, saves the model now and then and at
 * the end, and does so too when Ctrl-C ends it.
 */
final class TrainingRun {
  /** Name of the model's file. */
  static final String MODEL = "model.safetensors";

  private static final String LOSS = "loss.png";
  private static final String LOG = "log.csv";

  private final CommandLine command;
  private final Trainer trainer;
  private final OutputFolder folder;
  private final SaveInterval interval;
  private final boolean logged;
  private final LossHistory history = new LossHistory();
  private long savedStep;
  private Duration savedTime = Duration.ZERO;

  /**
   * Prepares a run.
   *
   * @param command the command at work
   * @param trainer what trains
   * @param folder where model, picture and log go; it exists
   * @param interval how often they are saved
   * @param logged whether there is a log
   */
  TrainingRun(
      CommandLine command,
      Trainer trainer,
      OutputFolder folder,
      SaveInterval interval,
      boolean logged) {
    this.command = command;
    this.trainer = trainer;
    this.folder = folder;
    this.interval = interval;
    this.logged = logged;
  }

  /**
   * Trains and saves.
   *
   * @return the model, or null if Ctrl-C ended the run; what there was is saved then
   * @throws IOException if the model cannot be saved
   */
  @Nullable Pipeline run() throws IOException {
    try (Interruption interruption =
        Interruption.guard(
            command, "interrupted: finishing the step, then saving", trainer::stop)) {
      train();
      if (history.isEmpty()) {
        say("stopped before the first step, nothing saved");
        return null;
      }
      Pipeline model = trainer.pipeline();
      List<Path> written = save(model);
      say(summary());
      say("wrote " + written.stream().map(Path::toString).collect(Collectors.joining(", ")));
      return interruption.requested() ? null : model;
    }
  }

  private void train() throws IOException {
    try (ProgressDisplay display = ProgressDisplay.open(command, "training")) {
      trainer.run(
          progress -> {
            history.add(progress);
            display.update(progress.step(), expectedSteps(progress), details(progress));
            saveIfDue(progress);
          });
    } catch (TrainingException e) {
      saveWhatThereIs(); // the weights are those of the last good step
      throw e;
    }
  }

  private void saveWhatThereIs() throws IOException {
    if (!history.isEmpty()) {
      List<Path> written = save(trainer.pipeline());
      say("wrote " + written.stream().map(Path::toString).collect(Collectors.joining(", ")));
    }
  }

  /** Exact for a limit of steps, an estimate for a limit of time. */
  private static long expectedSteps(TrainingProgress progress) {
    return progress.fraction() == 0
        ? 0
        : Math.max(progress.step(), Math.round(progress.step() / progress.fraction()));
  }

  private String details(TrainingProgress progress) {
    return String.format(
        Locale.ROOT,
        "loss %.4f, %,.0f images/s",
        history.smoothedLoss(),
        progress.imagesPerSecond());
  }

  private void saveIfDue(TrainingProgress progress) {
    if (!interval.due(progress.step() - savedStep, progress.elapsed().minus(savedTime))) {
      return;
    }
    savedStep = progress.step();
    savedTime = progress.elapsed();
    try {
      save(trainer.pipeline());
    } catch (IOException e) {
      // The disk may have room again at the end; hours of work should not be lost now.
      PrintWriter err = command.getErr();
      err.println(System.lineSeparator() + "not saved: " + OneLineErrors.describe(e));
      err.flush();
    }
  }

  private List<Path> save(Pipeline model) throws IOException {
    List<Path> written = new ArrayList<>();
    model.save(folder.file(MODEL));
    written.add(folder.file(MODEL));
    written.addAll(saveCourse());
    return written;
  }

  private List<Path> saveCourse() throws IOException {
    if (history.isEmpty()) {
      return List.of();
    }
    new LossChart(history).save(folder.file(LOSS));
    if (!logged) {
      return List.of(folder.file(LOSS));
    }
    history.saveCsv(folder.file(LOG));
    return List.of(folder.file(LOSS), folder.file(LOG));
  }

  private String summary() {
    TrainingProgress last = history.last();
    return String.format(
        Locale.ROOT,
        "trained %,d steps in %.1f s, %,.0f images/s, loss %.4f",
        last.step(),
        last.elapsed().toNanos() / 1e9,
        last.imagesPerSecond(),
        history.smoothedLoss());
  }

  private void say(String line) {
    command.getOut().println(line);
    command.getOut().flush();
  }
}
