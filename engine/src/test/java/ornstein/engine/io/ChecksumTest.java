package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.engine.Shape;

class ChecksumTest {
  @TempDir Path folder;

  private static SafeTensorsWriter content() {
    return new SafeTensorsWriter()
        .metadata("a \"sha256\":\"key", "and \"sha256\":\" in a value")
        .f32("x", Shape.of(3), new float[] {1, 2, 3})
        .i64("sha256", Shape.of(1), new long[] {4});
  }

  @Test
  void everyByteCounts() throws IOException {
    Path file = folder.resolve("sealed");
    content().checksum().write(file);
    byte[] good = Files.readAllBytes(file);
    try (SafeTensors tensors = SafeTensors.open(file)) {
      assertDoesNotThrow(tensors::requireChecksum);
      assertEquals(64, tensors.metadata().get("sha256").length());
    }
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 2;
      assertThrows(
          FormatException.class,
          () -> SafeTensors.parse(bad, "bad").requireChecksum(),
          "byte " + i);
    }
  }

  @Test
  void equalContentHasEqualChecksums() throws IOException {
    content().checksum().write(folder.resolve("a"));
    content().checksum().write(folder.resolve("b"));
    assertEquals(-1, Files.mismatch(folder.resolve("a"), folder.resolve("b")));
  }

  @Test
  void aFileWithoutOneSaysSo() throws IOException {
    Path file = folder.resolve("bare");
    content().write(file);
    try (SafeTensors tensors = SafeTensors.open(file)) {
      FormatException e = assertThrows(FormatException.class, tensors::requireChecksum);
      assertTrue(e.getMessage().contains("has no checksum"), e.getMessage());
    }
  }
}
