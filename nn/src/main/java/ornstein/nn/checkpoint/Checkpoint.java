package ornstein.nn.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;
import ornstein.engine.io.SafeTensorsWriter;
import ornstein.nn.Parameter;
import ornstein.nn.StateDict;
import ornstein.nn.StateDictException;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/**
 * A U-Net in one safetensors file: its weights under improved DDPM's names and in PyTorch's
 * layouts, its configuration in the metadata under {@code unet.*}, and whatever texts others add,
 * such as the noise schedule. Keys under {@code ornstein.} are this class's own.
 */
public final class Checkpoint {
  private static final String OWN = "ornstein.";
  private static final String UNET = "unet.";
  private static final String VERSION_KEY = OWN + "checkpoint";
  private static final String VERSION = "1";

  private final UNet model;
  private final SequencedMap<String, String> metadata;

  /**
   * Puts a network and its texts together.
   *
   * @param model the network; to store averages, build one from {@link
   *     ornstein.nn.optim.Ema#stateDict}
   * @param metadata further texts; keys must not start with {@code unet.} or {@code ornstein.}
   * @throws IllegalArgumentException if a key does
   */
  public Checkpoint(UNet model, Map<String, String> metadata) {
    for (String key : metadata.keySet()) {
      if (reserved(key)) {
        throw new IllegalArgumentException(
            "metadata key '" + key + "' is reserved: choose another prefix");
      }
    }
    this.model = model;
    this.metadata = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(metadata));
  }

  private static boolean reserved(String key) {
    return key.startsWith(OWN) || key.startsWith(UNET);
  }

  /**
   * The network.
   *
   * @return the network itself
   */
  public UNet model() {
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
    SafeTensorsWriter writer = new SafeTensorsWriter().metadata(VERSION_KEY, VERSION);
    model.config().toMetadata().forEach(writer::metadata);
    metadata.forEach(writer::metadata);
    StateDict.of(model).write(writer);
    writer.write(file);
  }

  /**
   * Reads a file and builds its network.
   *
   * @param file a file that {@link #save} wrote
   * @return the checkpoint
   * @throws FormatException if it is no safetensors file, has no or a wrong configuration, its
   *     tensors are not those of the configured network, a weight is not finite, or a later version
   *     wrote it
   * @throws IOException if the file is missing or cannot be read
   */
  public static Checkpoint load(Path file) throws IOException {
    try (SafeTensors tensors = SafeTensors.open(file)) {
      SequencedMap<String, String> texts = tensors.metadata();
      UNetConfig config = config(file, texts);
      requireCount(file, config, tensors);
      UNet model = UNet.of(config, StateDict.read(tensors));
      requireFinite(file, model);
      SequencedMap<String, String> others = new LinkedHashMap<>(texts);
      others.keySet().removeIf(Checkpoint::reserved);
      return new Checkpoint(model, others);
    } catch (StateDictException e) {
      throw problem(file, "its tensors contradict its metadata: " + e.getMessage());
    }
  }

  private static UNetConfig config(Path file, Map<String, String> metadata) throws FormatException {
    String version = metadata.get(VERSION_KEY);
    if (version == null) {
      throw problem(
          file,
          "has no '"
              + VERSION_KEY
              + "' in its metadata, so the network's configuration is unknown: it holds bare"
              + " weights or comes from another program");
    }
    if (!version.equals(VERSION)) {
      throw problem(
          file,
          "is a checkpoint of version '"
              + version
              + "', but only version "
              + VERSION
              + " is known here: use the release that wrote it or a later one");
    }
    try {
      return UNetConfig.fromMetadata(metadata);
    } catch (IllegalArgumentException e) {
      throw problem(file, e.getMessage());
    }
  }

  /**
   * Counts before building, so that a wrong configuration cannot allocate more than the file has.
   */
  private static void requireCount(Path file, UNetConfig config, SafeTensors tensors)
      throws FormatException {
    long count = 0;
    for (String name : tensors.names()) {
      count += tensors.shape(name).size();
    }
    if (count != config.parameterCount()) {
      throw problem(
          file,
          "its tensors contradict its metadata: they have "
              + count
              + " values, the network configured there "
              + config.parameterCount());
    }
  }

  /** A damaged weight would show only after a whole run of sampling. */
  private static void requireFinite(Path file, UNet model) throws FormatException {
    for (Map.Entry<String, Parameter> p : model.namedParameters().entrySet()) {
      for (float value : p.getValue().value().toArray()) {
        if (!Float.isFinite(value)) {
          throw new FormatException(
              file.toString(), p.getKey(), -1, "holds " + value + "; use another checkpoint");
        }
      }
    }
  }

  private static FormatException problem(Path file, @Nullable String what) {
    return new FormatException(file.toString(), null, -1, String.valueOf(what));
  }
}
