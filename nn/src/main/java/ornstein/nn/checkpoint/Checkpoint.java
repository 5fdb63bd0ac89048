package ornstein.nn.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.engine.io.DType;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import ornstein.engine.io.SafeTensorsWriter;
import ornstein.nn.Module;
import ornstein.nn.Parameter;
import ornstein.nn.StateDict;
import ornstein.nn.StateDictException;
import ornstein.nn.Weights;

/**
 * A network in one safetensors file: its weights under improved DDPM's names and in PyTorch's
 * layouts, its configuration in the metadata under {@code unet.*} and {@code classifier.*}, and
 * whatever texts others add, such as the noise schedule. Keys under {@code ornstein.} are this
 * class's own. A checksum of the whole file is in the metadata too, and checked when it is read.
 *
 * @param <N> the network's type
 */
public final class Checkpoint<N extends Module> {
  private static final String OWN = "ornstein.";
  private static final List<String> RESERVED = List.of(OWN, "unet.", "classifier.");
  private static final String VERSION_KEY = OWN + "checkpoint";
  private static final String VERSION = "2";

  /** The version before there were checksums. */
  private static final String UNSEALED = "1";

  private static final String KIND_KEY = OWN + "network";

  private final NetworkKind<N> kind;
  private final N model;
  private final SequencedMap<String, String> metadata;

  /**
   * Puts a network and its texts together.
   *
   * @param kind what kind of network it is
   * @param model the network; to store averages, build one from {@link
   *     ornstein.nn.optim.Ema#stateDict}
   * @param metadata further texts; keys must not start with {@code unet.}, {@code classifier.} or
   *     {@code ornstein.}, nor be {@code sha256}
   * @throws IllegalArgumentException if a key does
   */
  public Checkpoint(NetworkKind<N> kind, N model, Map<String, String> metadata) {
    for (String key : metadata.keySet()) {
      if (reserved(key)) {
        throw new IllegalArgumentException(
            "metadata key '" + key + "' is reserved: choose another prefix");
      }
    }
    this.kind = kind;
    this.model = model;
    this.metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
  }

  private static boolean reserved(String key) {
    return key.equals(SafeTensors.CHECKSUM_KEY) || RESERVED.stream().anyMatch(key::startsWith);
  }

  /**
   * The network.
   *
   * @return the network itself
   */
  public N model() {
    return model;
  }

  /**
   * The texts that others added.
   *
   * @return an unmodifiable map in the file's order
   */
  public SequencedMap<String, String> metadata() {
    return metadata;
  }

  /**
   * Writes the file; on failure an old file stays as it was.
   *
   * @param file the file to create or replace; its folder must exist
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    save(file, DType.F32);
  }

  /**
   * Writes the file with weights of another type; on failure an old file stays as it was.
   *
   * @param file the file to create or replace; its folder must exist
   * @param type F32, which keeps every bit, or F16 or BF16, which halve the file and round
   * @throws IllegalArgumentException if the type is another, or a weight is beyond its range
   * @throws IOException if it cannot be written
   */
  public void save(Path file, DType type) throws IOException {
    SafeTensorsWriter writer =
        new SafeTensorsWriter()
            .metadata(VERSION_KEY, VERSION)
            .metadata(KIND_KEY, kind.name())
            .checksum();
    kind.toMetadata(model).forEach(writer::metadata);
    metadata.forEach(writer::metadata);
    StateDict.of(model).write(writer, type);
    writer.write(file);
  }

  /**
   * Reads a file and builds its network.
   *
   * @param <N> the network's type
   * @param kind what kind of network it must hold
   * @param file a file that {@link #save} wrote
   * @return the checkpoint
   * @throws FormatException if it is no safetensors file, has no or a wrong configuration, its
   *     tensors are not those of the configured network, a weight is not finite, a later version
   *     wrote it, or a byte is another than was written (files of version 1 have no checksum, and
   *     damage to their weights goes unnoticed)
   * @throws IOException if the file is missing or cannot be read
   */
  public static <N extends Module> Checkpoint<N> load(NetworkKind<N> kind, Path file)
      throws IOException {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      return read(kind, tensors, file.toString());
    }
  }

  /**
   * Whether a file holds a network of some kind.
   *
   * @param kind the kind
   * @param file a file of weights
   * @return true if {@link #save} wrote it with such a network; false for other safetensors files
   * @throws FormatException if it is no safetensors file
   * @throws IOException if it is missing or cannot be read
   */
  public static boolean holds(NetworkKind<?> kind, Path file) throws IOException {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      SequencedMap<String, String> texts = tensors.metadata();
      return texts.containsKey(VERSION_KEY)
          && texts.getOrDefault(KIND_KEY, NetworkKind.UNET.name()).equals(kind.name());
    }
  }

  /**
   * Reads the bytes of a file, such as a resource of a jar, and builds its network.
   *
   * @param <N> the network's type
   * @param kind what kind of network they must hold
   * @param content the bytes that {@link #save} wrote; not changed, and not needed afterwards
   * @param source where they come from, for messages
   * @return the checkpoint
   * @throws FormatException as from {@link #load(NetworkKind, Path)}
   */
  public static <N extends Module> Checkpoint<N> load(
      NetworkKind<N> kind, byte[] content, String source) throws FormatException {
    return read(kind, SafeTensors.parse(content, source), source);
  }

  private static <N extends Module> Checkpoint<N> read(
      NetworkKind<N> kind, SafeTensors tensors, String file) throws FormatException {
    try {
      SequencedMap<String, String> texts = tensors.metadata();
      NetworkKind.Plan<N> plan = plan(kind, file, texts);
      if (!UNSEALED.equals(texts.get(VERSION_KEY))) {
        tensors.requireChecksum();
      }
      requireCount(file, plan, tensors);
      N model = plan.build(Weights.of(tensors));
      requireFinite(file, model);
      SequencedMap<String, String> others = new LinkedHashMap<>(texts);
      others.keySet().removeIf(Checkpoint::reserved);
      return new Checkpoint<>(kind, model, others);
    } catch (UncheckedIOException e) {
      throw e.getCause() instanceof FormatException wrong ? wrong : problem(file, e.getMessage());
    } catch (StateDictException e) {
      throw problem(file, "its tensors contradict its metadata: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw problem(file, e.getMessage());
    }
  }

  private static <N extends Module> NetworkKind.Plan<N> plan(
      NetworkKind<N> kind, String file, Map<String, String> metadata) throws FormatException {
    String version = metadata.get(VERSION_KEY);
    if (version == null) {
      throw problem(
          file,
          "has no '"
              + VERSION_KEY
              + "' in its metadata, so the network's configuration is unknown: it holds bare"
              + " weights or comes from another program");
    }
    if (!version.equals(VERSION) && !version.equals(UNSEALED)) {
      throw problem(
          file,
          "is a checkpoint of version '"
              + version
              + "', but only versions up to "
              + VERSION
              + " are known here: use the release that wrote it or a later one");
    }
    // Files of before there were others hold U-Nets.
    String found = metadata.getOrDefault(KIND_KEY, NetworkKind.UNET.name());
    if (!found.equals(kind.name())) {
      throw problem(file, "holds a " + found + " where a " + kind.name() + " is needed");
    }
    try {
      return kind.read(metadata);
    } catch (IllegalArgumentException e) {
      throw problem(file, e.getMessage());
    }
  }

  /**
   * Counts before building, so that a wrong configuration cannot allocate more than the file has.
   */
  private static void requireCount(String file, NetworkKind.Plan<?> plan, SafeTensors tensors)
      throws FormatException {
    long count = 0;
    for (String name : tensors.names()) {
      count += tensors.shape(name).size();
    }
    if (count != plan.parameterCount()) {
      throw problem(
          file,
          "its tensors contradict its metadata: they have "
              + count
              + " values, the network configured there "
              + plan.parameterCount());
    }
  }

  /**
   * Refuses damaged weights, which would show only after a whole run of sampling.
   *
   * @param file where they come from, for the message
   * @param model the network that has them
   * @throws FormatException if one is not a finite number; the message names its parameter
   */
  public static void requireFinite(Path file, Module model) throws FormatException {
    requireFinite(file.toString(), model);
  }

  private static void requireFinite(String file, Module model) throws FormatException {
    for (Map.Entry<String, Parameter> p : model.namedParameters().entrySet()) {
      for (float value : p.getValue().value().toArray()) {
        if (!Float.isFinite(value)) {
          throw new FormatException(
              file, p.getKey(), -1, "holds " + value + "; use another checkpoint");
        }
      }
    }
  }

  private static FormatException problem(String file, @Nullable String what) {
    return new FormatException(file, null, -1, String.valueOf(what));
  }
}
