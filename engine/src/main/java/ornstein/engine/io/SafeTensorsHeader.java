package ornstein.engine.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/** The JSON header of a safetensors file, parsed and checked in full against the file's size. */
final class SafeTensorsHeader {
  /** The reference implementation's limit. */
  static final int MAX_HEADER_BYTES = 100_000_000;

  // An entry costs far more memory than text: these keep a hostile header's cost near its size.
  static final int MAX_ENTRIES = 250_000;
  static final int MAX_NAME_LENGTH = 50_000;
  static final int MAX_TEXT_LENGTH = 16 << 20;
  static final int MAX_RANK = 64;
  static final String METADATA = "__metadata__";

  private static final int PREFIX_BYTES = 8;
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Names are neither interned nor pooled: nothing of a file outlives its parsing. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(MAX_HEADER_BYTES)
                  .maxNestingDepth(8)
                  .maxNumberLength(32)
                  .maxNameLength(MAX_NAME_LENGTH)
                  .maxStringLength(MAX_TEXT_LENGTH)
                  .build())
          .build();

  /** One tensor; {@code begin} and {@code end} count from the start of the file. */
  record Entry(DType dtype, Shape shape, long begin, long end) {}

  private final String source;
  private final MemorySegment text;
  private final long dataStart;
  private final long dataBytes;
  private final SequencedMap<String, String> metadata = new LinkedHashMap<>();
  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();

  private SafeTensorsHeader(String source, MemorySegment text, long dataStart, long dataBytes) {
    this.source = source;
    this.text = text;
    this.dataStart = dataStart;
    this.dataBytes = dataBytes;
  }

  static SafeTensorsHeader parse(String source, MemorySegment file) throws FormatException {
    long size = file.byteSize();
    if (size < PREFIX_BYTES) {
      throw new FormatException(
          source,
          null,
          size,
          "is truncated, or no file of weights: a safetensors file begins with 8 bytes of length");
    }
    long length = file.get(LENGTH, 0);
    if (length < 0 || length > MAX_HEADER_BYTES) {
      throw new FormatException(
          source,
          null,
          0,
          "header length "
              + Long.toUnsignedString(length)
              + " is over the limit of 100 MB; this is probably no safetensors file");
    }
    if (length > size - PREFIX_BYTES) {
      throw new FormatException(
          source,
          null,
          0,
          "truncated: the header needs " + length + " bytes, " + (size - 8) + " follow its length");
    }
    if (length == 0 || file.get(ValueLayout.JAVA_BYTE, PREFIX_BYTES) != '{') {
      throw new FormatException(source, null, PREFIX_BYTES, "the header does not begin with '{'");
    }
    long dataStart = PREFIX_BYTES + length;
    MemorySegment text = file.asSlice(PREFIX_BYTES, length);
    SafeTensorsHeader header = new SafeTensorsHeader(source, text, dataStart, size - dataStart);
    header.read();
    header.checkCoverage();
    return header;
  }

  /** Where the header ends, in bytes from the start of the file. */
  long dataStart() {
    return dataStart;
  }

  SequencedMap<String, String> metadata() {
    return metadata;
  }

  SequencedMap<String, Entry> entries() {
    return entries;
  }

  private void read() throws FormatException {
    try (Utf8Reader reader = new Utf8Reader(source, text, PREFIX_BYTES);
        JsonParser parser = JSON.createParser(reader)) {
      try {
        readObject(parser);
      } catch (StreamConstraintsException e) {
        throw fault(parser.currentLocation(), null, "a name, text or number is too long");
      } catch (JsonProcessingException e) {
        throw fault(e.getLocation(), null, "bad JSON header: " + e.getOriginalMessage());
      }
    } catch (FormatException e) {
      throw e;
    } catch (IOException e) {
      throw new FormatException(source, null, PREFIX_BYTES, "bad header: " + e.getMessage());
    }
  }

  private void readObject(JsonParser parser) throws IOException {
    parser.nextToken();
    boolean metadataSeen = false;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      if (!name.equals(METADATA)) {
        readTensor(parser, name);
      } else if (metadataSeen) {
        throw fault(parser, name, "appears twice");
      } else {
        metadataSeen = true;
        readMetadata(parser);
      }
    }
    if (parser.nextToken() != null) {
      throw fault(parser, null, "something follows the header's JSON object");
    }
  }

  private void readMetadata(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw fault(parser, METADATA, "must be an object of texts");
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw fault(parser, METADATA, "value of '" + FormatException.quote(key) + "' is no text");
      }
      if (metadata.put(key, parser.getText()) != null) {
        throw fault(parser, METADATA, "key '" + FormatException.quote(key) + "' appears twice");
      }
      if (metadata.size() > MAX_ENTRIES) {
        throw fault(parser, METADATA, "has more than " + MAX_ENTRIES + " keys");
      }
    }
  }

  private void readTensor(JsonParser parser, String name) throws IOException {
    if (entries.containsKey(name)) {
      throw fault(parser, name, "tensor name appears twice");
    }
    if (entries.size() == MAX_ENTRIES) {
      throw fault(parser, name, "the file has more than " + MAX_ENTRIES + " tensors");
    }
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw fault(parser, name, "must be an object with dtype, shape and data_offsets");
    }
    DType dtype = null;
    Shape shape = null;
    long[] range = null;
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      switch (field) {
        case "dtype" -> {
          requireFirst(parser, name, field, dtype);
          dtype = readDType(parser, name);
        }
        case "shape" -> {
          requireFirst(parser, name, field, shape);
          shape = readShape(parser, name);
        }
        case "data_offsets" -> {
          requireFirst(parser, name, field, range);
          range = readRange(parser, name);
        }
        default ->
            throw fault(parser, name, "unknown field '" + FormatException.quote(field) + "'");
      }
    }
    if (dtype == null || shape == null || range == null) {
      String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw fault(parser, name, missing + " is missing");
    }
    long needed = (long) shape.size() * dtype.bytes();
    if (range[1] - range[0] != needed) {
      throw fault(
          parser,
          name,
          "data_offsets "
              + Arrays.toString(range)
              + " span "
              + (range[1] - range[0])
              + " bytes, but "
              + dtype
              + " of shape "
              + shape
              + " takes "
              + needed);
    }
    entries.put(name, new Entry(dtype, shape, dataStart + range[0], dataStart + range[1]));
  }

  private void requireFirst(JsonParser parser, String name, String field, @Nullable Object before)
      throws FormatException {
    if (before != null) {
      throw fault(parser, name, field + " appears twice");
    }
  }

  private DType readDType(JsonParser parser, String name) throws IOException {
    if (parser.nextToken() != JsonToken.VALUE_STRING) {
      throw fault(parser, name, "dtype must be a text");
    }
    DType dtype = DType.ofName(parser.getText());
    if (dtype == null) {
      throw fault(
          parser,
          name,
          "unknown dtype '"
              + FormatException.quote(parser.getText())
              + "'; this reader takes "
              + Arrays.toString(DType.values()));
    }
    return dtype;
  }

  private Shape readShape(JsonParser parser, String name) throws IOException {
    List<Long> numbers = readNumbers(parser, name, "shape", MAX_RANK);
    int[] dims = new int[numbers.size()];
    for (int i = 0; i < dims.length; i++) {
      long extent = numbers.get(i);
      if (extent > Integer.MAX_VALUE) {
        throw fault(parser, name, "extent " + extent + " in its shape exceeds 2^31-1");
      }
      dims[i] = (int) extent;
    }
    try {
      return Shape.of(dims);
    } catch (ShapeException e) {
      throw fault(parser, name, String.valueOf(e.getMessage()));
    }
  }

  private long[] readRange(JsonParser parser, String name) throws IOException {
    List<Long> numbers = readNumbers(parser, name, "data_offsets", 2);
    if (numbers.size() != 2) {
      throw fault(parser, name, "data_offsets must be [begin, end]");
    }
    long begin = numbers.get(0);
    long end = numbers.get(1);
    if (begin > end) {
      throw fault(parser, name, "data_offsets " + numbers + " end before they begin");
    }
    if (end > dataBytes) {
      throw fault(
          parser,
          name,
          "data_offsets "
              + numbers
              + " reach beyond the file, which holds "
              + dataBytes
              + " bytes of data; it is truncated or damaged");
    }
    return new long[] {begin, end};
  }

  private List<Long> readNumbers(JsonParser parser, String name, String field, int limit)
      throws IOException {
    if (parser.nextToken() != JsonToken.START_ARRAY) {
      throw fault(parser, name, field + " must be a list of whole numbers");
    }
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (numbers.size() == limit) {
        throw fault(parser, name, field + " has more than " + limit + " numbers");
      }
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
          || parser.getText().startsWith("-")
          || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        throw fault(
            parser,
            name,
            field
                + " has '"
                + FormatException.quote(parser.getText())
                + "' where a whole number from 0 to 2^63-1 belongs");
      }
      numbers.add(parser.getLongValue());
    }
    return numbers;
  }

  /**
   * The format forbids holes and overlaps: sorted by place, ranges must join and end at the end.
   */
  private void checkCoverage() throws FormatException {
    List<Map.Entry<String, Entry>> sorted = new ArrayList<>(entries.entrySet());
    sorted.sort(
        Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long covered = dataStart;
    for (Map.Entry<String, Entry> e : sorted) {
      long begin = e.getValue().begin();
      if (begin != covered) {
        String problem =
            begin < covered
                ? "its data overlaps that of another tensor, which ends at byte " + covered
                : "unused bytes lie before its data, from byte " + covered;
        throw new FormatException(source, e.getKey(), begin, problem);
      }
      covered = e.getValue().end();
    }
    if (covered != dataStart + dataBytes) {
      throw new FormatException(
          source, null, covered, (dataStart + dataBytes - covered) + " bytes belong to no tensor");
    }
  }

  private FormatException fault(JsonParser parser, @Nullable String name, String problem) {
    return fault(parser.currentTokenLocation(), name, problem);
  }

  private FormatException fault(
      @Nullable JsonLocation place, @Nullable String name, String problem) {
    long at = Utf8Reader.bytes(text, place == null ? 0 : place.getCharOffset());
    return new FormatException(source, name, PREFIX_BYTES + at, problem);
  }
}
