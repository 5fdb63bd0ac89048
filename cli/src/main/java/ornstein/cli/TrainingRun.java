package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.train.Training;
import ornstein.diffusion.train.TrainingException;
import ornstein.diffusion.train.TrainingListener;
import ornstein.diffusion.train.TrainingProgress;
import ornstein.diffusion.train.Validation;
import ornstein.nn.optim.Ema;
import picocli.CommandLine;

/**
 * A training run as a command performs it: shows its progress, saves now and then and at the end,
 * and does so too when Ctrl-C ends it.
 *
 * @param <M> what is trained
 */
final class TrainingRun<M> {
  /** Name of the model's file. */
  static final String MODEL = "model.safetensors";

  /** Name of the folder of samples on the way. */
  static final String SAMPLES = "samples";

  private final CommandLine command;
  private final Training<M> trainer;
  private final OutputFolder folder;
  private final SaveInterval interval;
  private final TrainingLog log;
  private final @Nullable RunFolder kept;
  private final RunArguments settings;
  private @Nullable Validation validation;
  private @Nullable Draft<M> draft;
  private SaveInterval draftInterval;
  private double validationLoss = Double.NaN;
  private long validatedStep = -1;
  private Duration saved = Duration.ZERO;
  private Duration drawn = Duration.ZERO;

  /** Draws from a model that is still in training. */
  interface Draft<M> {
    void draw(M model, Path file) throws IOException;
  }

  /** A run that keeps nothing but its model and the course of its loss, in a folder that exists. */
  TrainingRun(CommandLine command, Training<M> trainer, OutputFolder folder) throws IOException {
    this(command, trainer, folder, null, new SaveInterval(Long.MAX_VALUE, Duration.ZERO));
  }

  private TrainingRun(
      CommandLine command,
      Training<M> trainer,
      OutputFolder folder,
      @Nullable RunFolder kept,
      SaveInterval interval)
      throws IOException {
    this(command, trainer, folder, kept, interval, new RunArguments());
  }

  /**
   * A run that can be resumed.
   *
   * @param command the command at work
   * @param trainer what trains, restored if the run goes on
   * @param folder where everything goes
   * @param kept the same folder, locked
   * @param settings how often it is saved and how much is kept
   */
  TrainingRun(
      CommandLine command,
      Training<M> trainer,
      OutputFolder folder,
      RunFolder kept,
      RunArguments settings)
      throws IOException {
    this(command, trainer, folder, kept, settings.saveEvery, settings);
  }

  private TrainingRun(
      CommandLine command,
      Training<M> trainer,
      OutputFolder folder,
      @Nullable RunFolder kept,
      SaveInterval interval,
      RunArguments settings)
      throws IOException {
    this.command = command;
    this.trainer = trainer;
    this.folder = folder;
    this.kept = kept;
    this.interval = interval;
    this.draftInterval = interval;
    this.settings = settings;
    List<Double> decays = trainer.averages().stream().map(Ema::decay).toList();
    this.log =
        kept == null
            ? TrainingLog.inMemory(command)
            : TrainingLog.open(command, kept, trainer.steps(), settings.logEvery, decays);
  }

  /** The same with its loss on held-back images, measured now and then. */
  TrainingRun<M> validatedBy(Validation measure) {
    validation = measure;
    return this;
  }

  /** The same with pictures on the way. */
  TrainingRun<M> drawnBy(Draft<M> drawing, SaveInterval every) {
    draft = drawing;
    draftInterval = every;
    return this;
  }

  /**
   * Trains and saves.
   *
   * @return the model, or null if Ctrl-C ended the run; what there was is saved then
   * @throws IOException if the model cannot be saved
   */
  @Nullable M run() throws IOException {
    try (Interruption interruption =
            Interruption.guard(
                command, "interrupted: finishing the step, then saving", trainer::stop);
        TrainingLog closing = log) {
      long before = trainer.steps();
      train();
      if (trainer.steps() == 0) {
        closing.say("stopped before the first step, nothing saved");
        return null;
      }
      M model = trainer.model();
      List<Path> written = save(model);
      closing.say(
          trainer.steps() > before
              ? closing.summary()
              : String.format(
                  Locale.ROOT,
                  "the run is at its end already, after %,d steps; give a larger --steps or --hours to"
                      + " prolong it",
                  before));
      closing.say(
          "wrote " + written.stream().map(Path::toString).collect(Collectors.joining(", ")));
      if (kept != null) {
        report(command, folder.path());
      }
      if (interruption.requested() && kept != null) {
        closing.say(
            "interrupted; go on with ./ornstein "
                + command.getCommandName()
                + " --resume --out "
                + folder.path());
      }
      return interruption.requested() ? null : model;
    }
  }

  /** Makes the page about the run in a folder; without it, a run is none the worse. */
  static void report(CommandLine command, Path folder) {
    try {
      command.getOut().println("wrote " + RunReport.write(folder));
      command.getOut().flush();
    } catch (IOException | RuntimeException e) {
      command.getErr().println("no " + RunReport.FILE + ": " + OneLineErrors.describe(e));
      command.getErr().flush();
    }
  }

  private void train() throws IOException {
    try (ProgressDisplay display = ProgressDisplay.open(command, "training", trainer.steps())) {
      trainer.run(
          new TrainingListener() {
            @Override
            public void onStep(TrainingProgress progress) {
              boolean measured = measureIfDue(progress);
              log.add(progress, measured ? validationLosses() : List.of());
              display.update(progress.step(), expectedSteps(progress), log.details(progress));
              saveIfDue(progress);
              drawIfDue(progress);
            }

            @Override
            public void onBadStep(long step, String what) {
              log.complain(what);
            }
          });
    } catch (TrainingException e) {
      log.note(String.valueOf(e.getMessage()));
      if (trainer.steps() > 0) {
        List<Path> written = save(trainer.model()); // the weights are those of the last good step
        log.say("wrote " + written.stream().map(Path::toString).collect(Collectors.joining(", ")));
        if (kept != null) {
          report(command, folder.path());
        }
      }
      throw e;
    }
  }

  private boolean measureIfDue(TrainingProgress progress) {
    return validation != null && progress.step() % settings.stepsToValidate() == 0;
  }

  private List<Double> validationLosses() {
    Validation measure = validation;
    if (measure == null) {
      return List.of();
    }
    List<Double> losses = trainer.averages().stream().map(measure::loss).toList();
    validationLoss = losses.getFirst();
    validatedStep = trainer.loop().steps();
    return losses;
  }

  /** Exact for a limit of steps, an estimate for a limit of time. */
  private static long expectedSteps(TrainingProgress progress) {
    return progress.fraction() == 0
        ? 0
        : Math.max(progress.step(), Math.round(progress.step() / progress.fraction()));
  }

  private void saveIfDue(TrainingProgress progress) {
    if (!interval.due(saved, progress) || !log.betweenRows()) {
      return;
    }
    saved = progress.running();
    try {
      save(trainer.model());
    } catch (IOException e) {
      // The disk may have room again at the end; hours of work should not be lost now.
      log.complain("not saved: " + OneLineErrors.describe(e));
    }
  }

  private void drawIfDue(TrainingProgress progress) {
    Draft<M> drawing = draft;
    if (drawing == null || kept == null || !draftInterval.due(drawn, progress)) {
      return;
    }
    drawn = progress.running();
    try {
      Path file = kept.draft(progress.step());
      drawing.draw(trainer.model(), file);
      log.picture(progress.step(), SAMPLES, file);
    } catch (IOException | IllegalArgumentException e) {
      log.complain("no samples drawn: " + OneLineErrors.describe(e));
    }
  }

  /** The checkpoint comes first: with it, all else can be made again. */
  private List<Path> save(M model) throws IOException {
    if (kept != null) {
      trainer.checkpoint(kept.checkpoint(trainer.steps()), notes());
      kept.prune(settings.keep);
    }
    List<Path> written = new ArrayList<>();
    trainer.save(model, folder.file(MODEL));
    written.add(folder.file(MODEL));
    List<Ema> averages = trainer.averages();
    for (Ema other : averages.subList(1, averages.size())) {
      Path file = folder.file("model-ema-" + other.decay() + ".safetensors");
      trainer.save(trainer.model(other), file);
      written.add(file);
    }
    written.addAll(log.save(folder));
    return written;
  }

  /** How good the present weights are, by which the best checkpoint is kept. */
  private Map<String, String> notes() {
    if (validation == null) {
      return Map.of();
    }
    if (validatedStep != trainer.steps()) {
      validationLosses();
    }
    return Map.of(RunFolder.VALIDATION_LOSS, Double.toString(validationLoss));
  }
}
