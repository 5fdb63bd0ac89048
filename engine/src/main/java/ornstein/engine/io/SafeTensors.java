package ornstein.engine.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.NoSuchElementException;
import java.util.SequencedMap;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;

/**
 * A safetensors file, mapped into memory: an 8-byte little-endian header length, a JSON header that
 * gives each tensor's type, shape and byte range, then the bytes of all tensors without holes (the
 * format is Hugging Face's). The whole header is checked when the file is opened; tensors are read
 * when asked for, each call into a fresh array. Any number of threads may read at once. The file
 * must not be changed while it is open.
 */
public final class SafeTensors implements AutoCloseable {
  /** The key in the metadata under which a file may have its own checksum. */
  public static final String CHECKSUM_KEY = "sha256";

  private final String source;
  private final MemorySegment content;
  private final SafeTensorsHeader header;
  private final @Nullable Arena arena;

  private SafeTensors(String source, MemorySegment content, @Nullable Arena arena)
      throws FormatException {
    this.source = source;
    this.content = content;
    this.header = SafeTensorsHeader.parse(source, content);
    this.arena = arena;
  }

  /**
   * Opens and checks a file.
   *
   * @param file a regular file
   * @return its tensors; close it to unmap the file
   * @throws FormatException if it is no valid safetensors file, or a tensor has an unknown type or
   *     more than 2<sup>31</sup>−1 elements
   * @throws IOException if the file is missing or cannot be read
   */
  @SuppressWarnings("MustBeClosedChecker") // the result owns the arena
  public static SafeTensors open(Path file) throws IOException {
    long size = InputFile.size(file);
    Arena arena = Arena.ofShared();
    boolean done = false;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment content = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, arena);
      SafeTensors tensors = new SafeTensors(file.toString(), content, arena);
      done = true;
      return tensors;
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  /**
   * Checks a file's content that is in memory already, such as a resource of a jar.
   *
   * @param content the bytes of the whole file; not copied, so leave them unchanged
   * @param source a name for the content, used in error messages
   * @return its tensors
   * @throws FormatException as {@link #open} does
   */
  public static SafeTensors parse(byte[] content, String source) throws FormatException {
    return new SafeTensors(source, MemorySegment.ofArray(content).asReadOnly(), null);
  }

  /**
   * The free-form texts that accompany the tensors.
   *
   * @return an unmodifiable map in the file's order; empty if there are none
   */
  public SequencedMap<String, String> metadata() {
    return Collections.unmodifiableSequencedMap(header.metadata());
  }

  /**
   * The names of all tensors.
   *
   * @return an unmodifiable set in the order of the file's header
   */
  public SequencedSet<String> names() {
    return Collections.unmodifiableSequencedSet(header.entries().sequencedKeySet());
  }

  /**
   * Whether the file has a tensor.
   *
   * @param name the tensor's name
   * @return true if it is there
   */
  public boolean contains(String name) {
    return header.entries().containsKey(name);
  }

  /**
   * The extents of a tensor.
   *
   * @param name the tensor's name
   * @return its shape
   * @throws NoSuchElementException if there is no such tensor
   */
  public Shape shape(String name) {
    return entry(name).shape();
  }

  /**
   * The element type of a tensor.
   *
   * @param name the tensor's name
   * @return its type in the file
   * @throws NoSuchElementException if there is no such tensor
   */
  public DType dtype(String name) {
    return entry(name).dtype();
  }

  /**
   * Reads a tensor of any type as float32. F16, BF16, U8 and BOOL convert exactly; F64, I64 and I32
   * round to nearest, ties to even.
   *
   * @param name the tensor's name
   * @return a fresh array of {@code shape(name).size()} elements, row-major
   * @throws FormatException if the file was shortened while it was open
   * @throws NoSuchElementException if there is no such tensor
   * @throws IllegalStateException if the file was closed
   */
  public float[] floats(String name) throws FormatException {
    SafeTensorsHeader.Entry entry = entry(name);
    try {
      return Elements.floats(entry.dtype(), entry.shape().size(), data(entry));
    } catch (InternalError fault) {
      throw shortened(name, entry, fault);
    }
  }

  /**
   * Reads a tensor of any type as float64. All convert exactly, except I64, which rounds to
   * nearest, ties to even.
   *
   * @param name the tensor's name
   * @return a fresh array of {@code shape(name).size()} elements, row-major
   * @throws FormatException if the file was shortened while it was open
   * @throws NoSuchElementException if there is no such tensor
   * @throws IllegalStateException if the file was closed
   */
  public double[] doubles(String name) throws FormatException {
    SafeTensorsHeader.Entry entry = entry(name);
    try {
      return Elements.doubles(entry.dtype(), entry.shape().size(), data(entry));
    } catch (InternalError fault) {
      throw shortened(name, entry, fault);
    }
  }

  /**
   * Reads a tensor of whole numbers: I64, I32, U8, or BOOL as 0 and 1.
   *
   * @param name the tensor's name
   * @return a fresh array of {@code shape(name).size()} elements, row-major
   * @throws FormatException if the tensor has a floating-point type, or the file was shortened
   *     while it was open
   * @throws NoSuchElementException if there is no such tensor
   * @throws IllegalStateException if the file was closed
   */
  public long[] longs(String name) throws FormatException {
    SafeTensorsHeader.Entry entry = entry(name);
    if (!entry.dtype().isInteger()) {
      throw new FormatException(
          source,
          name,
          entry.begin(),
          "has type " + entry.dtype() + " where whole numbers are needed: I64, I32, U8 or BOOL");
    }
    try {
      return Elements.longs(entry.dtype(), entry.shape().size(), data(entry));
    } catch (InternalError fault) {
      throw shortened(name, entry, fault);
    }
  }

  /**
   * Checks the file against the checksum in its metadata.
   *
   * @throws FormatException if it has none, or a byte of the file is another than was written
   * @throws IllegalStateException if the file was closed
   */
  public void requireChecksum() throws FormatException {
    String said = header.metadata().get(CHECKSUM_KEY);
    if (said == null) {
      throw new FormatException(source, null, -1, "has no checksum; use a file that has one");
    }
    try {
      if (!Checksum.holds(content, header.dataStart(), said)) {
        throw new FormatException(
            source,
            null,
            -1,
            "is damaged, or another program changed it: its checksum is another; use an older copy");
      }
    } catch (InternalError fault) { // as in shortened
      throw new FormatException(
          source, null, -1, "cannot be read: the file was changed while it was open");
    }
  }

  /** Unmaps the file; its tensors cannot be read any more. A second call does nothing. */
  @Override
  public void close() {
    if (arena != null && arena.scope().isAlive()) {
      arena.close();
    }
  }

  private SafeTensorsHeader.Entry entry(String name) {
    SafeTensorsHeader.Entry entry = header.entries().get(name);
    if (entry == null) {
      throw new NoSuchElementException(
          source + ": no tensor '" + FormatException.quote(name) + "' among its " + names().size());
    }
    return entry;
  }

  /** The JVM reports pages that vanished under a mapping as an InternalError. */
  private FormatException shortened(
      String name, SafeTensorsHeader.Entry entry, InternalError fault) {
    FormatException e =
        new FormatException(
            source, name, entry.begin(), "cannot be read: the file was changed while it was open");
    e.initCause(fault);
    return e;
  }

  private MemorySegment data(SafeTensorsHeader.Entry entry) {
    return content.asSlice(entry.begin(), entry.end() - entry.begin());
  }
}
