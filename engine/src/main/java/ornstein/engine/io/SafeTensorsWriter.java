package ornstein.engine.io;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/**
 * Collects tensors and texts and writes them as one safetensors file, atomically. The header lists
 * them in the order in which they were added; the data lies widest type first, so that every tensor
 * is aligned to its elements. Equal content gives equal bytes. Arrays are not copied: leave them
 * unchanged until the file is written.
 */
public final class SafeTensorsWriter {
  private static final int ALIGNMENT = 8;
  private static final JsonFactory JSON =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build();

  private record Pending(DType dtype, Shape shape, Elements.Source values) {
    long bytes() {
      return (long) shape.size() * dtype.bytes();
    }
  }

  private final SequencedMap<String, String> metadata = new LinkedHashMap<>();
  private final SequencedMap<String, Pending> tensors = new LinkedHashMap<>();

  /** Creates a writer without tensors. */
  public SafeTensorsWriter() {}

  /**
   * Adds a text, or replaces the one under the same key in its place.
   *
   * @param key the key, at most 50,000 characters
   * @param value the text, at most 16,777,216 characters
   * @return this writer
   * @throws IllegalArgumentException if either is too long or is not valid Unicode, or there are
   *     250,000 keys already
   */
  public SafeTensorsWriter metadata(String key, String value) {
    requireText("metadata key", key, SafeTensorsHeader.MAX_NAME_LENGTH);
    requireText("metadata value of '" + key + "'", value, SafeTensorsHeader.MAX_TEXT_LENGTH);
    metadata.put(key, value);
    requireCount("metadata keys", metadata.size());
    return this;
  }

  /**
   * Adds a tensor stored as F64.
   *
   * @param name a new name
   * @param shape its shape
   * @param values its elements, row-major
   * @return this writer
   * @throws ShapeException if there are more or fewer values than the shape has elements
   * @throws IllegalArgumentException if the name is taken, reserved, too long or no valid Unicode
   */
  public SafeTensorsWriter f64(String name, Shape shape, double[] values) {
    return add(name, DType.F64, shape, values.length, Elements.ofF64(values));
  }

  /**
   * Adds a tensor stored as F32, bit for bit.
   *
   * @param name a new name
   * @param shape its shape
   * @param values its elements, row-major
   * @return this writer
   * @throws ShapeException if there are more or fewer values than the shape has elements
   * @throws IllegalArgumentException if the name is taken, reserved, too long or no valid Unicode
   */
  public SafeTensorsWriter f32(String name, Shape shape, float[] values) {
    return add(name, DType.F32, shape, values.length, Elements.ofF32(values));
  }

  /**
   * Adds a tensor stored as F16, rounded to nearest, ties to even; beyond 65504 lies infinity.
   *
   * @param name a new name
   * @param shape its shape
   * @param values its elements, row-major
   * @return this writer
   * @throws ShapeException if there are more or fewer values than the shape has elements
   * @throws IllegalArgumentException if the name is taken, reserved, too long or no valid Unicode
   */
  public SafeTensorsWriter f16(String name, Shape shape, float[] values) {
    return add(name, DType.F16, shape, values.length, Elements.ofF16(values));
  }

  /**
   * Adds a tensor stored as BF16, rounded to nearest, ties to even.
   *
   * @param name a new name
   * @param shape its shape
   * @param values its elements, row-major
   * @return this writer
   * @throws ShapeException if there are more or fewer values than the shape has elements
   * @throws IllegalArgumentException if the name is taken, reserved, too long or no valid Unicode
   */
  public SafeTensorsWriter bf16(String name, Shape shape, float[] values) {
    return add(name, DType.BF16, shape, values.length, Elements.ofBf16(values));
  }

  /**
   * Adds a tensor stored as I64.
   *
   * @param name a new name
   * @param shape its shape
   * @param values its elements, row-major
   * @return this writer
   * @throws ShapeException if there are more or fewer values than the shape has elements
   * @throws IllegalArgumentException if the name is taken, reserved, too long or no valid Unicode
   */
  public SafeTensorsWriter i64(String name, Shape shape, long[] values) {
    return add(name, DType.I64, shape, values.length, Elements.ofI64(values));
  }

  /**
   * Adds a tensor stored as I32.
   *
   * @param name a new name
   * @param shape its shape
   * @param values its elements, row-major
   * @return this writer
   * @throws ShapeException if there are more or fewer values than the shape has elements
   * @throws IllegalArgumentException if the name is taken, reserved, too long or no valid Unicode
   */
  public SafeTensorsWriter i32(String name, Shape shape, int[] values) {
    return add(name, DType.I32, shape, values.length, Elements.ofI32(values));
  }

  /**
   * Adds a tensor stored as U8.
   *
   * @param name a new name
   * @param shape its shape
   * @param values its elements, row-major, the bytes taken as 0 to 255
   * @return this writer
   * @throws ShapeException if there are more or fewer values than the shape has elements
   * @throws IllegalArgumentException if the name is taken, reserved, too long or no valid Unicode
   */
  public SafeTensorsWriter u8(String name, Shape shape, byte[] values) {
    return add(name, DType.U8, shape, values.length, Elements.ofU8(values));
  }

  /**
   * Adds a tensor stored as BOOL.
   *
   * @param name a new name
   * @param shape its shape
   * @param values its elements, row-major
   * @return this writer
   * @throws ShapeException if there are more or fewer values than the shape has elements
   * @throws IllegalArgumentException if the name is taken, reserved, too long or no valid Unicode
   */
  public SafeTensorsWriter bool(String name, Shape shape, boolean[] values) {
    return add(name, DType.BOOL, shape, values.length, Elements.ofBool(values));
  }

  /**
   * Adds the SHA-256 of the whole file to its metadata, under {@code sha256}, so that {@link
   * SafeTensors#requireChecksum} finds a damage to any byte. It costs a second pass over the data.
   *
   * @return this writer
   */
  public SafeTensorsWriter checksum() {
    return metadata(SafeTensors.CHECKSUM_KEY, Checksum.ZEROS);
  }

  /**
   * Writes the file as {@link AtomicFile} does: on failure the old file stays, and nothing else.
   *
   * @param file the file to create or replace; its folder must exist
   * @throws IOException if it cannot be written, or names and metadata exceed the header's 100 MB
   */
  public void write(Path file) throws IOException {
    List<Map.Entry<String, Pending>> layout = new ArrayList<>(tensors.entrySet());
    layout.sort(Comparator.comparingInt(e -> -e.getValue().dtype().bytes()));
    byte[] header = header(offsets(layout));
    if (header.length > SafeTensorsHeader.MAX_HEADER_BYTES) {
      throw new FormatException(
          file.toString(),
          null,
          0,
          "its header would take " + header.length + " bytes, over the limit of 100 MB");
    }
    byte[] prefix =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .array();
    if (Checksum.ZEROS.equals(metadata.get(SafeTensors.CHECKSUM_KEY))) {
      Checksum.seal(prefix, header, out -> writeData(layout, out));
    }
    AtomicFile.write(
        file,
        out -> {
          out.write(prefix);
          out.write(header);
          writeData(layout, out);
        });
  }

  private static void writeData(List<Map.Entry<String, Pending>> layout, OutputStream out)
      throws IOException {
    for (Map.Entry<String, Pending> e : layout) {
      Pending tensor = e.getValue();
      tensor.values().writeTo(out, tensor.shape().size(), tensor.dtype().bytes());
    }
  }

  private static Map<String, Long> offsets(List<Map.Entry<String, Pending>> layout) {
    Map<String, Long> offsets = new LinkedHashMap<>();
    long next = 0;
    for (Map.Entry<String, Pending> e : layout) {
      offsets.put(e.getKey(), next);
      next += e.getValue().bytes();
    }
    return offsets;
  }

  private byte[] header(Map<String, Long> offsets) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(text, JsonEncoding.UTF8)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart(SafeTensorsHeader.METADATA);
        for (Map.Entry<String, String> e : metadata.entrySet()) {
          json.writeStringField(e.getKey(), e.getValue());
        }
        json.writeEndObject();
      }
      for (Map.Entry<String, Pending> e : tensors.entrySet()) {
        Pending tensor = e.getValue();
        long begin = offsets.getOrDefault(e.getKey(), 0L);
        json.writeObjectFieldStart(e.getKey());
        json.writeStringField("dtype", tensor.dtype().name());
        json.writeFieldName("shape");
        int[] dims = tensor.shape().dims();
        json.writeArray(dims, 0, dims.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {begin, begin + tensor.bytes()}, 0, 2);
        json.writeEndObject();
      }
      json.writeEndObject();
    }
    int padded = Math.ceilDiv(text.size(), ALIGNMENT) * ALIGNMENT;
    byte[] header = Arrays.copyOf(text.toByteArray(), padded);
    Arrays.fill(header, text.size(), padded, (byte) ' ');
    return header;
  }

  private SafeTensorsWriter add(
      String name, DType dtype, Shape shape, int length, Elements.Source values) {
    requireText("tensor name", name, SafeTensorsHeader.MAX_NAME_LENGTH);
    if (name.equals(SafeTensorsHeader.METADATA)) {
      throw new IllegalArgumentException("tensor name " + name + " is reserved for metadata");
    }
    if (length != shape.size()) {
      throw new ShapeException(
          "tensor '" + name + "' has " + length + " values, shape " + shape + " " + shape.size());
    }
    if (shape.rank() > SafeTensorsHeader.MAX_RANK) {
      throw new ShapeException("tensor '" + name + "' has more than 64 axes");
    }
    if (tensors.putIfAbsent(name, new Pending(dtype, shape, values)) != null) {
      throw new IllegalArgumentException("tensor '" + name + "' was added twice");
    }
    requireCount("tensors", tensors.size());
    return this;
  }

  /** What the reader would refuse is not written. */
  private static void requireCount(String what, int count) {
    if (count > SafeTensorsHeader.MAX_ENTRIES) {
      throw new IllegalArgumentException("more than " + SafeTensorsHeader.MAX_ENTRIES + " " + what);
    }
  }

  private static void requireText(String what, String text, int limit) {
    if (text.length() > limit) {
      throw new IllegalArgumentException(what + " is longer than " + limit + " characters");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException(what + " has an unpaired surrogate");
    }
  }
}
