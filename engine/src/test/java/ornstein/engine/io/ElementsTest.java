package ornstein.engine.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ElementsTest {
  private static final int HALVES = 1 << 16;

  private static byte[] allHalves() {
    byte[] bytes = new byte[2 * HALVES];
    for (int i = 0; i < HALVES; i++) {
      bytes[2 * i] = (byte) i;
      bytes[2 * i + 1] = (byte) (i >>> 8);
    }
    return bytes;
  }

  @Test
  void everyHalfReadsAsItsValueAndWritesBack() {
    byte[] bytes = allHalves();
    float[] read = Elements.floats(DType.F16, HALVES, MemorySegment.ofArray(bytes));
    double[] wide = Elements.doubles(DType.F16, HALVES, MemorySegment.ofArray(bytes));
    byte[] back = new byte[2 * HALVES];
    Elements.ofF16(read).encode(0, HALVES, MemorySegment.ofArray(back));
    for (int i = 0; i < HALVES; i++) {
      float expected = Float.float16ToFloat((short) i);
      assertEquals(Float.floatToRawIntBits(expected), Float.floatToRawIntBits(read[i]));
      assertEquals((double) expected, wide[i]);
    }
    for (int i = 0; i < HALVES; i++) {
      if (!Float.isNaN(read[i])) {
        assertEquals(i, (back[2 * i] & 0xFF) | ((back[2 * i + 1] & 0xFF) << 8));
      }
    }
  }

  /** The value from the definition of the format, without the library's conversion. */
  @Test
  void halvesFollowTheFormatsDefinition() {
    float[] read = Elements.floats(DType.F16, HALVES, MemorySegment.ofArray(allHalves()));
    for (int i = 0; i < HALVES; i++) {
      int exponent = (i >>> 10) & 31;
      int fraction = i & 1023;
      double magnitude =
          exponent == 0
              ? Math.scalb((double) fraction, -24)
              : exponent < 31
                  ? Math.scalb(1024.0 + fraction, exponent - 25)
                  : fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
      assertEquals((float) (i >= 0x8000 ? -magnitude : magnitude), read[i]);
    }
  }

  @Test
  void everyBf16ReadsAsTheUpperHalfOfAFloatAndWritesBack() {
    byte[] bytes = allHalves();
    float[] read = Elements.floats(DType.BF16, HALVES, MemorySegment.ofArray(bytes));
    byte[] back = new byte[2 * HALVES];
    Elements.ofBf16(read).encode(0, HALVES, MemorySegment.ofArray(back));
    for (int i = 0; i < HALVES; i++) {
      assertEquals(i << 16, Float.floatToRawIntBits(read[i]));
      int written = (back[2 * i] & 0xFF) | ((back[2 * i + 1] & 0xFF) << 8);
      if (Float.isNaN(read[i])) {
        assertTrue(Float.isNaN(Elements.fromBf16((short) written)));
      } else {
        assertEquals(i, written);
      }
    }
  }

  @Test
  void bf16RoundsToNearestTiesToEven() {
    Random random = new Random(5);
    for (int n = 0; n < 200_000; n++) {
      float value = Float.intBitsToFloat(random.nextInt());
      if (!Float.isFinite(value)) {
        continue;
      }
      int bits = Float.floatToRawIntBits(value);
      float below = Float.intBitsToFloat(bits & 0xFFFF0000);
      // One step further from zero; past the largest finite value this is infinity, as it should.
      int next = (bits & 0xFFFF0000) + 0x10000;
      int rest = bits & 0xFFFF;
      boolean up = rest > 0x8000 || (rest == 0x8000 && (bits & 0x10000) != 0);
      float expected = up ? Float.intBitsToFloat(next) : below;
      assertEquals(expected, Elements.fromBf16(Elements.toBf16(value)));
    }
    assertEquals(1f, Elements.fromBf16(Elements.toBf16(1f + 0x1p-8f)), "tie to even, down");
    assertEquals(1f + 0x1p-6f, Elements.fromBf16(Elements.toBf16(1f + 3 * 0x1p-8f)), "tie, up");
    assertEquals(Float.POSITIVE_INFINITY, Elements.fromBf16(Elements.toBf16(Float.MAX_VALUE)));
    float quietedNaN = Elements.fromBf16(Elements.toBf16(Float.intBitsToFloat(0x7F800001)));
    assertTrue(Float.isNaN(quietedNaN), "a NaN with low bits only does not become infinity");
  }

  @Test
  void integersConvert() {
    byte[] longs = new byte[24];
    Elements.ofI64(new long[] {Long.MIN_VALUE, (1L << 53) + 1, -1})
        .encode(0, 3, MemorySegment.ofArray(longs));
    MemorySegment data = MemorySegment.ofArray(longs);
    assertArrayEquals(
        new long[] {Long.MIN_VALUE, (1L << 53) + 1, -1}, Elements.longs(DType.I64, 3, data));
    assertArrayEquals(new double[] {-0x1p63, 0x1p53, -1}, Elements.doubles(DType.I64, 3, data));
    assertArrayEquals(new float[] {-0x1p63f, 0x1p53f, -1}, Elements.floats(DType.I64, 3, data));
    MemorySegment bytes = MemorySegment.ofArray(new byte[] {0, 1, -1, 127});
    assertArrayEquals(new float[] {0, 1, 255, 127}, Elements.floats(DType.U8, 4, bytes));
    assertArrayEquals(new long[] {0, 1, 1, 1}, Elements.longs(DType.BOOL, 4, bytes));
  }

  @Test
  void doublesRoundToFloats() {
    byte[] bytes = new byte[24];
    MemorySegment data = MemorySegment.ofArray(bytes);
    Elements.ofF64(new double[] {0.1, 1e300, 1 + 0x1p-24}).encode(0, 3, data);
    float[] floats = Elements.floats(DType.F64, 3, data);
    assertArrayEquals(new float[] {0.1f, Float.POSITIVE_INFINITY, 1}, floats);
  }
}
