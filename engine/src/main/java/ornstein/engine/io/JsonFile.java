package ornstein.engine.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** JSON files as plain values: texts, numbers, booleans, null, lists and maps. */
public final class JsonFile {
  /** Keeps no buffers for later: what a thread-local holds would outlive the class loader. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build();

  private static final long MOST_BYTES = 16 << 20;

  private JsonFile() {}

  /**
   * Reads a file that holds an object.
   *
   * @param file the file, at most 16 MiB
   * @return its members in order; whole numbers as Integer, Long or BigInteger, others as Double
   * @throws IOException if it is missing or cannot be read
   * @throws FormatException if it does not; the message names the file and the line
   */
  public static Map<String, Object> read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new FormatException(
          file.toString(), null, -1, "is too large to be a configuration: over 16 MiB");
    }
    try (JsonParser parser = FACTORY.createParser(Files.readAllBytes(file))) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new FormatException(file.toString(), null, 0, "is no JSON object");
      }
      Map<String, Object> members = object(parser);
      if (parser.nextToken() != null) {
        throw new FormatException(file.toString(), null, -1, "has something behind its object");
      }
      return members;
    } catch (JsonProcessingException e) {
      FormatException problem =
          new FormatException(
              file.toString(),
              null,
              -1,
              "line " + e.getLocation().getLineNr() + " is no JSON: " + e.getOriginalMessage());
      problem.initCause(e);
      throw problem;
    } catch (CharConversionException e) {
      throw new FormatException(file.toString(), null, -1, "is no text: " + e.getMessage());
    }
  }

  private static Map<String, Object> object(JsonParser parser) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      put(members, name, value(parser));
    }
    return members;
  }

  @SuppressWarnings("NullAway") // null is a value here
  private static void put(Map<String, Object> members, String name, @Nullable Object value) {
    members.put(name, value);
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield items;
      }
      case VALUE_STRING -> parser.getText();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  /**
   * Writes an object, or fails and leaves an old file as it was.
   *
   * @param file the file to create or replace; its folder must exist
   * @param members texts, whole numbers, Doubles, Booleans, nulls, lists and maps of such; other
   *     values are written as the texts that they are in words
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, Map<String, ?> members) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          JsonGenerator json = FACTORY.createGenerator(out);
          json.setPrettyPrinter(new DefaultPrettyPrinter());
          write(json, members);
          json.writeRaw(System.lineSeparator());
          json.flush();
        });
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> e : map.entrySet()) {
          json.writeFieldName(String.valueOf(e.getKey()));
          write(json, e.getValue());
        }
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (Object item : list) {
          write(json, item);
        }
        json.writeEndArray();
      }
      case Integer n -> json.writeNumber(n);
      case Long n -> json.writeNumber(n);
      case Double n -> json.writeNumber(n);
      case Boolean b -> json.writeBoolean(b);
      case null -> json.writeNull();
      default -> json.writeString(value.toString());
    }
  }
}
