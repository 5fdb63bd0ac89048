package ornstein.engine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorBitsTest {
  @Test
  void widthsThatExist() {
    assertEquals(0, VectorBits.parse(null));
    assertEquals(128, VectorBits.parse("128"));
    assertEquals(256, VectorBits.parse("256"));
    assertEquals(512, VectorBits.parse("512"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "64", "1024", "avx2", " 256", "-128"})
  void otherWidthsAreRefusedByName(String value) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> VectorBits.parse(value));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.startsWith("-Dornstein.vector.bits=" + value + ":"), message);
    assertTrue(message.endsWith("must be 128, 256 or 512 bits"), message);
  }
}
