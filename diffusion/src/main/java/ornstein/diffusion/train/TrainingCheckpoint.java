package ornstein.diffusion.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import ornstein.engine.Shape;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import ornstein.engine.io.SafeTensorsWriter;
import ornstein.nn.Parameter;
import ornstein.nn.StateDictException;
import ornstein.nn.Weights;

/**
 * A training run at one of its steps, in one safetensors file: weights as {@code model.*}, averages
 * as {@code ema.<decay>.*}, AdamW's moments as {@code optimizer.*}, the memory of the sampler of
 * timesteps; and in the metadata the step, which is the cursor of data and random numbers, the
 * configuration, a fingerprint of the data, the version that wrote it and a checksum.
 */
public final class TrainingCheckpoint implements AutoCloseable {
  private static final String FORMAT_KEY = "ornstein.training";
  private static final String FORMAT = "1";
  private static final String VERSION_KEY = "ornstein.version";
  private static final String OWN = "training.";
  private static final String STEP = OWN + "step";
  private static final String OPTIMIZER_STEPS = OWN + "optimizer_steps";
  private static final String NANOS = OWN + "elapsed_nanos";
  private static final String DATA = OWN + "data";

  private final Path file;
  private final SafeTensors tensors;
  private final SequencedMap<String, String> metadata;

  private TrainingCheckpoint(Path file, SafeTensors tensors) {
    this.file = file;
    this.tensors = tensors;
    this.metadata = tensors.metadata();
  }

  /**
   * Whether a file is such a checkpoint, by its metadata.
   *
   * @param metadata the file's texts
   * @return true if it holds a run, and not a model alone
   */
  public static boolean isDescribedBy(Map<String, String> metadata) {
    return metadata.containsKey(FORMAT_KEY);
  }

  /**
   * Writes a checkpoint, whole or not at all.
   *
   * @param notes texts under keys that do not start with {@code training.}
   */
  static void write(
      Path file,
      TrainingState state,
      TrainingConfig config,
      String fingerprint,
      Map<String, String> notes)
      throws IOException {
    SafeTensorsWriter writer = new SafeTensorsWriter().checksum();
    writer.metadata(FORMAT_KEY, FORMAT);
    writer.metadata(VERSION_KEY, version());
    writer.metadata(STEP, Long.toString(state.step()));
    writer.metadata(OPTIMIZER_STEPS, Long.toString(state.optimizerSteps()));
    writer.metadata(NANOS, Long.toString(state.elapsed().toNanos()));
    writer.metadata(DATA, fingerprint);
    config.toMetadata().forEach(writer::metadata);
    notes.forEach(
        (key, value) -> {
          if (key.startsWith(OWN) || key.startsWith("ornstein.")) {
            throw new IllegalArgumentException("metadata key '" + key + "' is reserved");
          }
          writer.metadata(key, value);
        });
    state.tensors().write(writer);
    writer.write(file);
  }

  private static String version() {
    return Optional.ofNullable(TrainingCheckpoint.class.getModule().getDescriptor())
        .flatMap(ModuleDescriptor::rawVersion)
        .orElse("unknown");
  }

  /**
   * Opens a checkpoint and checks every byte of it.
   *
   * @param file a file that {@link TrainingLoop#save} wrote
   * @return the checkpoint; close it to unmap the file
   * @throws FormatException if it is no such file, is damaged, or a later version wrote it
   * @throws IOException if it is missing or cannot be read
   */
  public static TrainingCheckpoint open(Path file) throws IOException {
    SafeTensors tensors = SafeTensors.open(file);
    boolean done = false;
    try {
      TrainingCheckpoint checkpoint = new TrainingCheckpoint(file, tensors);
      String format = checkpoint.metadata.get(FORMAT_KEY);
      if (format == null) {
        throw checkpoint.problem(
            "is no checkpoint of a training run: a model alone cannot be trained further");
      }
      if (!format.equals(FORMAT)) {
        throw checkpoint.problem(
            "is a checkpoint of format '"
                + format
                + "', but only "
                + FORMAT
                + " is known here: use"
                + " the release that wrote it or a later one");
      }
      tensors.requireChecksum();
      long unused = checkpoint.step() + checkpoint.optimizerSteps() + checkpoint.nanos();
      done = true;
      return checkpoint;
    } finally {
      if (!done) {
        tensors.close();
      }
    }
  }

  /**
   * The file.
   *
   * @return its path
   */
  public Path file() {
    return file;
  }

  /**
   * Steps that were done.
   *
   * @return the count
   * @throws FormatException if the file does not say
   */
  public long step() throws FormatException {
    return number(STEP);
  }

  long optimizerSteps() throws FormatException {
    return number(OPTIMIZER_STEPS);
  }

  private long nanos() throws FormatException {
    return number(NANOS);
  }

  /**
   * Time that the run took so far.
   *
   * @return the time
   * @throws FormatException if the file does not say
   */
  public Duration elapsed() throws FormatException {
    return Duration.ofNanos(nanos());
  }

  /**
   * All texts: configuration, notes and what says where the run is.
   *
   * @return an unmodifiable map in the file's order
   */
  public SequencedMap<String, String> metadata() {
    return metadata;
  }

  /** Copies all tensors, one of them maybe into an array. */
  void loadInto(SequencedMap<String, Parameter> parameters, String arrayName, float[] array)
      throws IOException {
    Weights all = Weights.of(tensors);
    try {
      if (!arrayName.isEmpty()) {
        if (!tensors.contains(arrayName) || all.shape(arrayName).size() != array.length) {
          throw problem("has no '" + arrayName + "' of " + array.length + " numbers");
        }
        System.arraycopy(all.values(arrayName), 0, array, 0, array.length);
      }
      without(all, arrayName).loadInto(parameters);
    } catch (StateDictException e) {
      throw problem("holds another network: " + e.getMessage());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static Weights without(Weights all, String name) {
    SequencedSet<String> names = new LinkedHashSet<>(all.names());
    names.remove(name);
    return new Weights() {
      @Override
      public SequencedSet<String> names() {
        return Collections.unmodifiableSequencedSet(names);
      }

      @Override
      public Shape shape(String n) {
        return all.shape(n);
      }

      @Override
      public float[] values(String n) {
        return all.values(n);
      }
    };
  }

  /** Refuses to go on with another configuration. */
  void requireSame(Map<String, String> configuration) {
    configuration.forEach(
        (key, value) -> {
          String saved = metadata.get(key);
          if (!value.equals(saved)) {
            throw new IllegalArgumentException(
                file
                    + " was trained with "
                    + key.substring(key.indexOf('.') + 1)
                    + " "
                    + (saved == null ? "unknown" : saved.isEmpty() ? "none" : saved)
                    + ", not "
                    + (value.isEmpty() ? "none" : value)
                    + "; go on with the same settings, or begin a new run");
          }
        });
  }

  /** Refuses to go on with other data. */
  void requireSameData(String fingerprint) {
    if (!fingerprint.equals(metadata.get(DATA))) {
      throw new IllegalArgumentException(
          file
              + " was trained on other data: images, labels or their order have changed; give the"
              + " data it began with, or begin a new run");
    }
  }

  private long number(String key) throws FormatException {
    String text = metadata.getOrDefault(key, "missing");
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw problem("its '" + key + "' is '" + text + "', not a whole number");
    }
    throw problem("its '" + key + "' is negative");
  }

  private FormatException problem(String what) {
    return new FormatException(file.toString(), null, -1, what);
  }

  /** Unmaps the file. */
  @Override
  public void close() {
    tensors.close();
  }
}
