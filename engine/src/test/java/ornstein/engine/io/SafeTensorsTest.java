package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

class SafeTensorsTest {
  @TempDir Path folder;

  @Test
  void everyTypeComesBack() throws IOException {
    float[] floats = {0f, -0f, 1.5f, Float.MIN_VALUE, Float.POSITIVE_INFINITY, Float.NaN};
    Path file = folder.resolve("all.safetensors");
    new SafeTensorsWriter()
        .u8("u8", Shape.of(3), new byte[] {0, 1, -1})
        .f64("f64", Shape.of(2), new double[] {Math.PI, -1e300})
        .f32("f32", Shape.of(2, 3), floats)
        .f16("f16", Shape.of(6), floats)
        .bf16("bf16", Shape.of(6), floats)
        .i64("i64", Shape.of(2), new long[] {Long.MIN_VALUE, Long.MAX_VALUE})
        .i32("i32", Shape.of(1, 2), new int[] {Integer.MIN_VALUE, Integer.MAX_VALUE})
        .bool("bool", Shape.of(2), new boolean[] {true, false})
        .write(file);
    try (SafeTensors tensors = SafeTensors.open(file)) {
      assertEquals(
          List.of("u8", "f64", "f32", "f16", "bf16", "i64", "i32", "bool"),
          List.copyOf(tensors.names()));
      for (String name : tensors.names()) {
        assertEquals(name.toUpperCase(Locale.ROOT), tensors.dtype(name).name());
      }
      assertEquals(Shape.of(2, 3), tensors.shape("f32"));
      assertArrayEquals(floats, tensors.floats("f32"));
      assertEquals(Float.floatToRawIntBits(-0f), Float.floatToRawIntBits(tensors.floats("f32")[1]));
      float[] narrow = {0f, -0f, 1.5f, 0f, Float.POSITIVE_INFINITY, Float.NaN};
      assertArrayEquals(narrow, tensors.floats("f16"));
      assertArrayEquals(narrow, tensors.floats("bf16"));
      assertArrayEquals(new double[] {Math.PI, -1e300}, tensors.doubles("f64"));
      assertArrayEquals(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}, tensors.longs("i64"));
      assertArrayEquals(new long[] {Integer.MIN_VALUE, Integer.MAX_VALUE}, tensors.longs("i32"));
      assertArrayEquals(new long[] {0, 1, 255}, tensors.longs("u8"));
      assertArrayEquals(new float[] {0, 1, 255}, tensors.floats("u8"));
      assertArrayEquals(new long[] {1, 0}, tensors.longs("bool"));
      assertArrayEquals(new double[] {1, 0}, tensors.doubles("bool"));
    }
  }

  @Test
  void emptyTensorsScalarsAndMetadata() throws IOException {
    Path file = folder.resolve("small.safetensors");
    new SafeTensorsWriter()
        .metadata("z", "last letter first")
        .metadata("a", "quote \" newline \n größe 🎲")
        .metadata("", "")
        .f32("empty", Shape.of(3, 0, 2), new float[0])
        .f32("gewicht.größe.🎲 \"", Shape.scalar(), new float[] {42})
        .i64("", Shape.of(0), new long[0])
        .write(file);
    try (SafeTensors tensors = SafeTensors.open(file)) {
      assertEquals(List.of("z", "a", ""), List.copyOf(tensors.metadata().keySet()));
      assertEquals("quote \" newline \n größe 🎲", tensors.metadata().get("a"));
      assertEquals(Shape.of(3, 0, 2), tensors.shape("empty"));
      assertEquals(0, tensors.floats("empty").length);
      assertEquals(Shape.scalar(), tensors.shape("gewicht.größe.🎲 \""));
      assertArrayEquals(new float[] {42}, tensors.floats("gewicht.größe.🎲 \""));
      assertTrue(tensors.contains(""));
      assertFalse(tensors.contains("absent"));
    }
    new SafeTensorsWriter().write(file);
    try (SafeTensors tensors = SafeTensors.open(file)) {
      assertTrue(tensors.names().isEmpty());
      assertTrue(tensors.metadata().isEmpty());
    }
  }

  @Test
  void layoutIsAligned() throws IOException {
    Path file = folder.resolve("aligned.safetensors");
    new SafeTensorsWriter()
        .u8("a", Shape.of(1), new byte[] {7})
        .f64("b", Shape.of(1), new double[] {8})
        .write(file);
    byte[] bytes = Files.readAllBytes(file);
    int length = (int) ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertEquals(0, length % 8);
    assertEquals(8 + length + 9, bytes.length);
    assertEquals(
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[8,9]},"
            + "\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
        new String(bytes, 8, length, StandardCharsets.UTF_8).stripTrailing());
    assertEquals(7, bytes[bytes.length - 1]);
  }

  @Test
  void largeTensorsAreWrittenInPieces() throws IOException {
    int n = 100_003;
    float[] values = new float[n];
    IntStream.range(0, n).forEach(i -> values[i] = i);
    Path file = folder.resolve("large.safetensors");
    new SafeTensorsWriter()
        .f32("f32", Shape.of(n), values)
        .bf16("bf16", Shape.of(n), values)
        .u8("tail", Shape.of(n), new byte[n])
        .write(file);
    try (SafeTensors tensors = SafeTensors.open(file)) {
      assertArrayEquals(values, tensors.floats("f32"));
      float[] rounded = tensors.floats("bf16");
      for (int i = 0; i < n; i++) {
        assertEquals(Elements.fromBf16(Elements.toBf16(i)), rounded[i]);
      }
    }
  }

  @Test
  void parsesBytesInMemory() throws IOException {
    Path file = folder.resolve("x.safetensors");
    new SafeTensorsWriter().f32("x", Shape.of(2), new float[] {1, 2}).write(file);
    try (SafeTensors tensors = SafeTensors.parse(Files.readAllBytes(file), "resource")) {
      assertArrayEquals(new float[] {1, 2}, tensors.floats("x"));
      FormatException e = assertThrows(FormatException.class, () -> tensors.longs("x"));
      assertEquals("resource", e.file());
      assertEquals("x", e.entry());
      assertTrue(
          String.valueOf(e.getMessage()).contains("type F32 where whole numbers are needed"));
    }
  }

  @Test
  void useAfterCloseAndUnknownNamesAreErrors() throws IOException {
    Path file = folder.resolve("x.safetensors");
    new SafeTensorsWriter().f32("x", Shape.of(2), new float[] {1, 2}).write(file);
    SafeTensors tensors = SafeTensors.open(file);
    NoSuchElementException e =
        assertThrows(NoSuchElementException.class, () -> tensors.floats("y"));
    assertTrue(
        String.valueOf(e.getMessage()).contains("'y'")
            && String.valueOf(e.getMessage()).contains("x.safetensors"));
    tensors.close();
    tensors.close();
    assertThrows(IllegalStateException.class, () -> tensors.floats("x"));
  }

  @Test
  void aFileShortenedWhileOpenIsAnError() throws IOException {
    Path file = folder.resolve("x.safetensors");
    int n = 1 << 20;
    new SafeTensorsWriter().f32("x", Shape.of(n), new float[n]).write(file);
    try (SafeTensors tensors = SafeTensors.open(file)) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(4096);
      }
      FormatException e = assertThrows(FormatException.class, () -> tensors.floats("x"));
      assertTrue(String.valueOf(e.getMessage()).contains("changed while it was open"));
    }
  }

  @Test
  void missingFilesAndFoldersAreErrors() {
    Path missing = folder.resolve("missing.safetensors");
    assertThrows(NoSuchFileException.class, () -> SafeTensors.open(missing));
    FormatException e = assertThrows(FormatException.class, () -> SafeTensors.open(folder));
    assertTrue(String.valueOf(e.getMessage()).contains("not a regular file"));
  }

  @Test
  void theWriterRefusesWhatTheReaderWould() {
    SafeTensorsWriter writer = new SafeTensorsWriter().f32("x", Shape.of(1), new float[1]);
    assertThrows(IllegalArgumentException.class, () -> writer.f32("x", Shape.of(1), new float[1]));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.f32("__metadata__", Shape.of(1), new float[1]));
    assertThrows(ShapeException.class, () -> writer.f32("y", Shape.of(2), new float[3]));
    assertThrows(
        IllegalArgumentException.class, () -> writer.f32("\uD800", Shape.of(1), new float[1]));
    assertThrows(IllegalArgumentException.class, () -> writer.metadata("k", "\uDC00"));
    assertThrows(IllegalArgumentException.class, () -> writer.metadata("k".repeat(50_001), ""));
    assertThrows(
        ShapeException.class,
        () ->
            writer.f32(
                "y", Shape.of(IntStream.generate(() -> 1).limit(65).toArray()), new float[1]));
  }

  @Test
  void theLongestNamesAndTextsComeBack() throws IOException {
    Path file = folder.resolve("long.safetensors");
    String name = "n".repeat(SafeTensorsHeader.MAX_NAME_LENGTH);
    String text = "t".repeat(SafeTensorsHeader.MAX_TEXT_LENGTH);
    new SafeTensorsWriter()
        .metadata(name, text)
        .f32(name, Shape.of(1), new float[] {1})
        .write(file);
    try (SafeTensors tensors = SafeTensors.open(file)) {
      assertEquals(text, tensors.metadata().get(name));
      assertArrayEquals(new float[] {1}, tensors.floats(name));
    }
  }
}
