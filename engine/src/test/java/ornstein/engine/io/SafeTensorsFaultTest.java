package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** One bad file of each kind; the message names file, tensor and offset. */
class SafeTensorsFaultTest {
  private static final String GOOD = tensor("a", "F32", "[2]", "[0,8]");

  private static String tensor(String name, String dtype, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, dtype, shape, offsets);
  }

  private static byte[] file(byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .array();
  }

  private static FormatException refused(byte[] content, @Nullable String entry, String... parts) {
    FormatException e =
        assertThrows(FormatException.class, () -> SafeTensors.parse(content, "bad.safetensors"));
    String message = String.valueOf(e.getMessage());
    assertEquals("bad.safetensors", e.file());
    assertEquals(entry, e.entry(), message);
    assertTrue(message.startsWith("bad.safetensors: "), message);
    assertTrue(e.offset() >= 0 && e.offset() <= content.length, message);
    assertTrue(message.contains("at byte " + e.offset()), message);
    if (entry != null) {
      assertTrue(message.contains("'" + entry + "'"), message);
    }
    for (String part : parts) {
      assertTrue(message.contains(part), message + " should contain " + part);
    }
    return e;
  }

  private static FormatException refused(
      String header, int dataBytes, @Nullable String entry, String... parts) {
    return refused(file(header.getBytes(StandardCharsets.UTF_8), dataBytes), entry, parts);
  }

  @Test
  void theGoodFileOfTheseTestsIsGood() throws FormatException {
    byte[] content = file(("{" + GOOD + "}  ").getBytes(StandardCharsets.UTF_8), 8);
    assertEquals(2, SafeTensors.parse(content, "good").floats("a").length);
  }

  @Test
  void tooShortForALength() {
    refused(new byte[0], null, "truncated");
    refused(new byte[7], null, "truncated");
  }

  @Test
  void headerLengthOverTheLimit() {
    for (long length : new long[] {-1, Long.MIN_VALUE, 100_000_001L, 1L << 62}) {
      byte[] content = file(("{" + GOOD + "}").getBytes(StandardCharsets.UTF_8), 8);
      ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
      refused(content, null, Long.toUnsignedString(length), "limit of 100 MB");
    }
  }

  @Test
  void headerBeyondTheFile() {
    byte[] content = file(("{" + GOOD + "}").getBytes(StandardCharsets.UTF_8), 0);
    refused(Arrays.copyOf(content, content.length - 1), null, "truncated: the header needs");
  }

  @Test
  void noJsonObject() {
    refused("", 0, null, "does not begin with '{'");
    refused("[]", 0, null, "does not begin with '{'");
    refused(" {}", 0, null, "does not begin with '{'");
    refused("{", 0, null, "bad JSON header");
    refused("{\"a\"}", 0, null, "bad JSON header");
    refused("{" + GOOD + ",}", 8, null, "bad JSON header");
    refused("{" + GOOD + "}{}", 8, null, "something follows");
    refused("{" + GOOD + "}x", 8, null, "bad JSON header");
    refused("{" + GOOD + "}\0", 8, null, "bad JSON header");
    refused("{\"__metadata__\":{\"a\":\"\\ud8\"}}", 0, null, "bad JSON header");
  }

  @Test
  void malformedUtf8IsLocated() {
    byte[] header = ("{" + GOOD.replace("a\":", "é#\":") + "}").getBytes(StandardCharsets.UTF_8);
    int hash = new String(header, StandardCharsets.ISO_8859_1).indexOf('#');
    header[hash] = (byte) 0xC3;
    assertEquals(8 + hash, refused(file(header, 8), null, "malformed UTF-8").offset());
  }

  @Test
  void offsetsCountBytesNotCharacters() {
    String header = "{\"größe🎲\":7}";
    int expected =
        8 + header.substring(0, header.indexOf('7')).getBytes(StandardCharsets.UTF_8).length;
    assertEquals(expected, refused(header, 0, "größe🎲", "must be an object").offset());
  }

  @Test
  void deepNestingAndLongNumbers() {
    refused("{\"a\":" + "[".repeat(10_000), 0, "a", "must be an object");
    refused("{\"a\":{\"shape\":[" + "[".repeat(10_000), 0, "a", "shape has '['");
    refused("{\"__metadata__\":{\"a\":" + "[".repeat(10_000), 0, "__metadata__", "no text");
    String digits = "9".repeat(10_000);
    refused("{" + tensor("a", "F32", "[" + digits + "]", "[0,8]") + "}", 8, null, "too long");
    refused("{\"" + "n".repeat(50_001) + "\":{}}", 0, null, "too long");
  }

  @Test
  void metadataMustBeTexts() {
    refused("{\"__metadata__\":7}", 0, "__metadata__", "object of texts");
    refused("{\"__metadata__\":{\"k\":1}}", 0, "__metadata__", "'k'", "no text");
    refused("{\"__metadata__\":{\"k\":{}}}", 0, "__metadata__", "'k'", "no text");
    refused("{\"__metadata__\":{\"k\":null}}", 0, "__metadata__", "'k'", "no text");
    refused("{\"__metadata__\":{\"k\":\"\",\"k\":\"\"}}", 0, "__metadata__", "'k' appears twice");
    refused("{\"__metadata__\":{},\"__metadata__\":{}}", 0, "__metadata__", "appears twice");
  }

  @Test
  void duplicateNames() {
    String twice = "{" + GOOD + "," + tensor("a", "F32", "[2]", "[8,16]") + "}";
    refused(twice, 16, "a", "tensor name appears twice");
    refused("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 0, "a", "dtype appears twice");
    refused("{\"a\":{\"shape\":[],\"shape\":[]}}", 0, "a", "shape appears twice");
    refused(
        "{\"a\":{\"data_offsets\":[0,0],\"data_offsets\":[0,0]}}",
        0,
        "a",
        "data_offsets appears twice");
  }

  @Test
  void missingAndUnknownFields() {
    refused("{\"a\":{}}", 0, "a", "dtype is missing");
    refused("{\"a\":{\"dtype\":\"F32\"}}", 0, "a", "shape is missing");
    refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[0]}}", 0, "a", "data_offsets is missing");
    refused("{\"a\":{\"stride\":[1]}}", 0, "a", "unknown field 'stride'");
    refused("{\"a\":[]}", 0, "a", "must be an object");
  }

  @Test
  void unknownType() {
    refused("{" + tensor("a", "F8_E4M3", "[2]", "[0,2]") + "}", 2, "a", "'F8_E4M3'", "BF16");
    refused("{" + tensor("a", "f32", "[2]", "[0,8]") + "}", 8, "a", "unknown dtype 'f32'");
    refused("{\"a\":{\"dtype\":3}}", 0, "a", "dtype must be a text");
  }

  @Test
  void badNumbers() {
    for (String bad : new String[] {"-1", "1.5", "2e0", "\"2\"", "null", "true", "[2]", "{}"}) {
      refused("{" + tensor("a", "F32", "[" + bad + "]", "[0,8]") + "}", 8, "a", "shape has");
      refused("{" + tensor("a", "F32", "[2]", "[0," + bad + "]") + "}", 8, "a", "data_offsets has");
    }
    String huge = "9223372036854775808";
    refused("{" + tensor("a", "F32", "[2]", "[0," + huge + "]") + "}", 8, "a", huge);
    refused("{" + tensor("a", "F32", "2", "[0,8]") + "}", 8, "a", "shape must be a list");
    refused("{" + tensor("a", "F32", "[2]", "[0]") + "}", 8, "a", "[begin, end]");
    refused("{" + tensor("a", "F32", "[2]", "[0,8,8]") + "}", 8, "a", "more than 2 numbers");
  }

  @Test
  void shapesThatNoTensorCanHave() {
    String large = "[2147483648]";
    refused("{" + tensor("a", "U8", large, "[0,0]") + "}", 0, "a", "2147483648", "exceeds 2^31-1");
    refused("{" + tensor("a", "U8", "[65536,65536]", "[0,0]") + "}", 0, "a", "2^31-1 elements");
    String overflow = "[2147483647,2147483647,2147483647,2147483647]";
    refused("{" + tensor("a", "U8", overflow, "[0,0]") + "}", 0, "a", "2^31-1 elements");
    String axes = IntStream.range(0, 65).mapToObj(i -> "1").collect(Collectors.joining(","));
    refused("{" + tensor("a", "U8", "[" + axes + "]", "[0,1]") + "}", 1, "a", "more than 64");
  }

  @Test
  void rangesThatDoNotFit() {
    refused("{" + GOOD + "}", 7, "a", "beyond the file, which holds 7 bytes", "truncated");
    refused("{" + tensor("a", "F32", "[2]", "[8,0]") + "}", 8, "a", "end before they begin");
    refused("{" + tensor("a", "F32", "[3]", "[0,8]") + "}", 8, "a", "span 8 bytes", "takes 12");
    refused(
        "{" + tensor("a", "F32", "[2]", "[9223372036854775799,9223372036854775807]") + "}",
        8,
        "a",
        "beyond the file");
  }

  @Test
  void overlapsAndHoles() {
    String overlap = "{" + GOOD + "," + tensor("b", "F32", "[2]", "[4,12]") + "}";
    FormatException e = refused(overlap, 12, "b", "overlaps");
    assertEquals(8 + overlap.length() + 4, e.offset());
    refused("{" + GOOD + "," + tensor("b", "F32", "[2]", "[0,8]") + "}", 8, "b", "overlaps");
    refused("{" + GOOD + "," + tensor("b", "F32", "[2]", "[9,17]") + "}", 17, "b", "unused bytes");
    refused("{" + tensor("a", "F32", "[2]", "[1,9]") + "}", 9, "a", "unused bytes");
    refused("{" + GOOD + "}", 9, null, "1 bytes belong to no tensor");
    refused("{" + GOOD + "," + tensor("b", "U8", "[0]", "[4,4]") + "}", 8, "b", "overlaps");
  }

  @Test
  void tooManyEntries() {
    String empties =
        IntStream.rangeClosed(0, SafeTensorsHeader.MAX_ENTRIES)
            .mapToObj(i -> tensor(Integer.toString(i), "U8", "[0]", "[0,0]"))
            .collect(Collectors.joining(",", "{", "}"));
    refused(empties, 0, "250000", "more than 250000 tensors");
  }

  @Test
  void hostileNamesDoNotReachTheTerminal() {
    String name = "\\u001b[31m" + "x".repeat(10_000);
    FormatException e =
        assertThrows(
            FormatException.class,
            () ->
                SafeTensors.parse(
                    file(("{\"" + name + "\":1}").getBytes(StandardCharsets.UTF_8), 0), "f"));
    assertTrue(String.valueOf(e.getMessage()).length() < 300);
    assertTrue(String.valueOf(e.getMessage()).contains("'?[31mxx"));
    assertEquals(10_005, String.valueOf(e.entry()).length());
  }
}
