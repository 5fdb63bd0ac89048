package ornstein.nn.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.NpyArray;
import ornstein.engine.io.Npz;
import ornstein.engine.io.SafeTensors;
import ornstein.engine.io.TorchFile;
import ornstein.engine.io.TorchTensor;
import ornstein.nn.Weights;

/**
 * A file of weights in whatever format: safetensors, what {@code torch.save} wrote, or npz. What it
 * is shows in its first bytes, not in its name. Tensors are read when they are asked for, but those
 * of an npz at once.
 */
public final class WeightFile implements AutoCloseable {
  /** Where a zip archive's first entry has the length of its name, and the name. */
  private static final int ZIP_NAME_LENGTH = 26;

  private static final int ZIP_NAME = 30;
  private static final int PICKLE_PROTOCOL = 0x80;

  private final Format format;
  private final Weights weights;
  private final SequencedMap<String, String> metadata;
  private final Runnable closing;

  /** Formats of files. */
  public enum Format {
    /** Hugging Face's safetensors. */
    SAFETENSORS,
    /** What {@code torch.save} writes. */
    PYTORCH,
    /** NumPy's archive of arrays. */
    NPZ
  }

  private WeightFile(
      Format format, Weights weights, SequencedMap<String, String> metadata, Runnable closing) {
    this.format = format;
    this.weights = weights;
    this.metadata = metadata;
    this.closing = closing;
  }

  /**
   * Opens and checks a file.
   *
   * @param file a regular file
   * @return its tensors; close it to unmap the file
   * @throws FormatException if it is damaged or of no format that is known
   * @throws IOException if it is missing or cannot be read
   */
  public static WeightFile open(Path file) throws IOException {
    return switch (format(file)) {
      case SAFETENSORS -> {
        SafeTensors tensors = SafeTensors.open(file);
        yield new WeightFile(
            Format.SAFETENSORS, Weights.of(tensors), tensors.metadata(), tensors::close);
      }
      case PYTORCH -> torch(file);
      case NPZ -> npz(file);
    };
  }

  /**
   * A file's format, by its first bytes.
   *
   * @param file a regular file
   * @return the format; safetensors where nothing speaks for another
   * @throws IOException if it is missing or cannot be read
   */
  public static Format format(Path file) throws IOException {
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(512);
    }
    boolean zip = head.length > ZIP_NAME && head[0] == 'P' && head[1] == 'K' && head[2] == 3;
    if (zip) {
      int length = (head[ZIP_NAME_LENGTH] & 0xff) | (head[ZIP_NAME_LENGTH + 1] & 0xff) << 8;
      int end = Math.min(head.length, ZIP_NAME + length);
      String first = new String(head, ZIP_NAME, end - ZIP_NAME, StandardCharsets.UTF_8);
      return first.endsWith(".npy") ? Format.NPZ : Format.PYTORCH;
    }
    // A safetensors file begins with its header's length, which is never so odd as a pickle's
    // start.
    boolean pickle = head.length > 2 && (head[0] & 0xff) == PICKLE_PROTOCOL && head[1] <= 5;
    return pickle && head[2] == (byte) 0x8a ? Format.PYTORCH : Format.SAFETENSORS;
  }

  private static WeightFile torch(Path file) throws IOException {
    TorchFile opened = TorchFile.open(file);
    boolean done = false;
    try {
      SequencedMap<String, TorchTensor> tensors = opened.tensors();
      Weights weights =
          new Weights() {
            @Override
            public SequencedSet<String> names() {
              return Collections.unmodifiableSequencedSet(tensors.sequencedKeySet());
            }

            @Override
            public Shape shape(String name) {
              return required(tensors.get(name), name).shape();
            }

            @Override
            public float[] values(String name) {
              try {
                return required(tensors.get(name), name).floats();
              } catch (FormatException e) {
                throw new UncheckedIOException(e);
              }
            }
          };
      // Tensors may share and repeat what is stored; networks of other sizes than their files do
      // not.
      if (weights.size() > Files.size(file)) {
        throw new FormatException(
            file.toString(),
            null,
            -1,
            "has "
                + weights.size()
                + " values in "
                + Files.size(file)
                + " bytes: its tensors share or repeat what is stored; save it again with clones");
      }
      done = true;
      return new WeightFile(Format.PYTORCH, weights, new LinkedHashMap<>(), opened::close);
    } finally {
      if (!done) {
        opened.close();
      }
    }
  }

  private static WeightFile npz(Path file) throws IOException {
    SequencedMap<String, NpyArray> arrays = Npz.read(file);
    Weights weights =
        new Weights() {
          @Override
          public SequencedSet<String> names() {
            return Collections.unmodifiableSequencedSet(arrays.sequencedKeySet());
          }

          @Override
          public Shape shape(String name) {
            return required(arrays.get(name), name).shape();
          }

          @Override
          public float[] values(String name) {
            return required(arrays.get(name), name).floats();
          }
        };
    return new WeightFile(Format.NPZ, weights, new LinkedHashMap<>(), () -> {});
  }

  private static <T> T required(@Nullable T found, String name) {
    if (found == null) {
      throw new NoSuchElementException("no tensor '" + name + "'");
    }
    return found;
  }

  /**
   * The file's format.
   *
   * @return the format
   */
  public Format format() {
    return format;
  }

  /**
   * All tensors; what lies in dicts and lists has its path as a prefix.
   *
   * @return the tensors, usable until the file is closed
   */
  public Weights weights() {
    return weights;
  }

  /**
   * Texts beside the tensors, which only safetensors files have.
   *
   * @return them in the file's order
   */
  public SequencedMap<String, String> metadata() {
    return metadata;
  }

  /** Unmaps the file. */
  @Override
  public void close() {
    closing.run();
  }
}
