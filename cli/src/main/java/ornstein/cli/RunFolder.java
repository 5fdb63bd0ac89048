package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.train.Training;
import ornstein.diffusion.train.TrainingCheckpoint;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The folder of a training run: what began it, its checkpoints, and a lock that one process at a
 * time holds. The lock is the operating system's: it ends with the process, however that ends.
 */
final class RunFolder implements AutoCloseable {
  /** Name of the file of what began the run. */
  static final String RECORD = "run.json";

  private static final String LOCK = "run.lock";
  private static final String CHECKPOINTS = "checkpoints";
  private static final String SUFFIX = ".safetensors";
  private static final String PREFIX = "step-";
  private static final String PICTURE = ".png";
  private static final String TEMPORARY = ".tmp";

  /** The note of a checkpoint that says how good it is. */
  static final String VALIDATION_LOSS = "validation.loss";

  private final OutputFolder folder;
  private final FileChannel lock;

  private RunFolder(OutputFolder folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /** What began the run in a folder, which must hold one. */
  static RunRecord record(UsageCheck usage, OutputFolder folder) throws IOException {
    usage.require(
        Files.isRegularFile(folder.file(RECORD)),
        "--resume: "
            + folder.path()
            + " holds no run ("
            + RECORD
            + " is missing); begin one without --resume, or give the run's folder as --out");
    return RunRecord.load(folder.file(RECORD));
  }

  /** Refuses a folder that holds a run already: it would be lost. */
  static void requireFree(UsageCheck usage, OutputFolder folder) {
    usage.require(
        !Files.exists(folder.file(RECORD)),
        "--out "
            + folder.path()
            + " holds a run already; give --resume to go on with it, or another folder");
  }

  /**
   * Opens a folder that exists, and removes what a process that was killed left half-written.
   *
   * @throws CliException if another process trains there
   */
  static RunFolder open(OutputFolder folder) throws IOException {
    FileChannel lock = lock(folder.file(LOCK));
    boolean done = false;
    try {
      Files.createDirectories(folder.file(CHECKPOINTS));
      for (Path place : List.of(folder.path(), folder.file(CHECKPOINTS))) {
        try (Stream<Path> files = Files.list(place)) {
          for (Path file : files.filter(RunFolder::isHalfWritten).toList()) {
            Files.delete(file);
          }
        }
      }
      done = true;
      return new RunFolder(folder, lock);
    } finally {
      if (!done) {
        lock.close();
      }
    }
  }

  /** Whether a file has a temporary name: it is at work, or what a killed process left. */
  static boolean isHalfWritten(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.startsWith(".ornstein-") && name.endsWith(TEMPORARY);
  }

  private static FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    boolean held = false;
    try {
      held = channel.tryLock() != null;
    } catch (OverlappingFileLockException sameProcess) {
      held = false;
    } finally {
      if (!held) {
        channel.close();
      }
    }
    if (!held) {
      throw new CliException(
          file.getParent() + " is in use: another process trains there",
          "wait until it has ended or stop it, or give another --out");
    }
    return channel;
  }

  /**
   * Remembers what begins, or brings what trains to where the run stopped.
   *
   * @param description data and network in words
   * @param resumed whether the run goes on
   */
  void prepare(
      CommandSpec spec,
      Training<?> trainer,
      SequencedMap<String, String> description,
      boolean resumed)
      throws IOException {
    if (!resumed) {
      RunRecord.of(spec, description, trainer.configuration()).save(folder.file(RECORD));
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    try (TrainingCheckpoint saved = latest(spec.commandLine().getErr()::println)) {
      if (saved == null) {
        out.println("no checkpoint was written yet: beginning anew");
      } else {
        try {
          trainer.restore(saved);
        } catch (IllegalArgumentException e) {
          throw new UsageCheck(spec).error(String.valueOf(e.getMessage()));
        }
        removeDraftsAfter(saved.step());
        out.printf(Locale.ROOT, "going on at step %,d%n", saved.step());
      }
    }
    out.flush();
    spec.commandLine().getErr().flush();
  }

  /** Drafts of steps that were lost, which will be drawn again at other times. */
  private void removeDraftsAfter(long step) throws IOException {
    for (Path draft : drafts(folder.path())) {
      if (step(draft) > step) {
        Files.delete(draft);
      }
    }
  }

  /** A file in the folder. */
  Path file(String name) {
    return folder.file(name);
  }

  /** A folder in the folder, which is created. */
  Path folder(String inner) throws IOException {
    return Files.createDirectories(folder.file(inner));
  }

  /** Where the checkpoint of a step goes. */
  Path checkpoint(long step) {
    return folder.file(CHECKPOINTS).resolve(numbered(step, SUFFIX));
  }

  /** Where the draft of a step goes, in a folder that is created. */
  Path draft(long step) throws IOException {
    return folder(TrainingRun.SAMPLES).resolve(numbered(step, PICTURE));
  }

  /** All checkpoints, the latest first. */
  List<Path> checkpoints() throws IOException {
    return checkpoints(folder.path());
  }

  /** All checkpoints of a run's folder, the latest first; none if it has no folder of them. */
  static List<Path> checkpoints(Path run) throws IOException {
    return numbered(run.resolve(CHECKPOINTS), SUFFIX).reversed();
  }

  /** All drafts of a run's folder, the earliest first; none if it has no folder of them. */
  static List<Path> drafts(Path run) throws IOException {
    return numbered(run.resolve(TrainingRun.SAMPLES), PICTURE);
  }

  private static String numbered(long step, String suffix) {
    return String.format(Locale.ROOT, "%s%09d%s", PREFIX, step, suffix);
  }

  private static List<Path> numbered(Path place, String suffix) throws IOException {
    if (!Files.isDirectory(place)) {
      return List.of();
    }
    String pattern = PREFIX + "[0-9]{9,18}" + Pattern.quote(suffix);
    try (Stream<Path> files = Files.list(place)) {
      return files
          .filter(f -> f.getFileName().toString().matches(pattern))
          .sorted(Comparator.comparingLong(RunFolder::step))
          .toList();
    }
  }

  /** The step of a checkpoint or a draft, by its name. */
  static long step(Path file) {
    String name = file.getFileName().toString();
    return Long.parseLong(name.substring(PREFIX.length(), name.indexOf('.')));
  }

  /**
   * The latest checkpoint that is whole.
   *
   * @param complain told of each later one that is not
   * @return the open checkpoint, or null if there is none
   */
  private @Nullable TrainingCheckpoint latest(Consumer<String> complain) throws IOException {
    for (Path file : checkpoints()) {
      try {
        return TrainingCheckpoint.open(file);
      } catch (FormatException e) {
        complain.accept(e.getMessage() + "; going on from the one before");
      }
    }
    return null;
  }

  /** Removes all checkpoints but the last ones and the one of the least validation loss. */
  void prune(int keep) throws IOException {
    List<Path> all = checkpoints();
    Optional<Path> best = best(all);
    for (Path file : all.subList(Math.min(keep, all.size()), all.size())) {
      if (!best.equals(Optional.of(file))) {
        Files.delete(file);
      }
    }
  }

  private static Optional<Path> best(List<Path> all) throws IOException {
    Path best = null;
    double least = Double.POSITIVE_INFINITY;
    for (Path file : all) {
      double loss = validationLoss(file);
      if (loss < least) {
        least = loss;
        best = file;
      }
    }
    return Optional.ofNullable(best);
  }

  /** Infinite if it was not measured, or the file cannot be read. */
  private static double validationLoss(Path file) throws IOException {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      String loss = tensors.metadata().get(VALIDATION_LOSS);
      return loss == null ? Double.POSITIVE_INFINITY : Double.parseDouble(loss);
    } catch (FormatException | NumberFormatException damaged) {
      return Double.POSITIVE_INFINITY;
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
