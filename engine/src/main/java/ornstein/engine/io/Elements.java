package ornstein.engine.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Conversion between little-endian bytes of any {@link DType} and Java's arrays. */
final class Elements {
  private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfShort B16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ORDER);
  private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
  private static final int CHUNK_BYTES = 1 << 16;

  private Elements() {}

  /** Values still in their Java array, encoded piece by piece as the file is written. */
  @FunctionalInterface
  interface Source {
    /** Encodes the elements {@code from .. from + count - 1} at the start of {@code target}. */
    void encode(int from, int count, MemorySegment target);

    /** Writes the first {@code count} elements without a copy of the whole. */
    default void writeTo(OutputStream out, int count, int elementBytes) throws IOException {
      int perChunk = CHUNK_BYTES / elementBytes;
      byte[] chunk = new byte[Math.min(count, perChunk) * elementBytes];
      MemorySegment segment = MemorySegment.ofArray(chunk);
      int n;
      for (int from = 0; from < count; from += n) {
        n = Math.min(perChunk, count - from);
        encode(from, n, segment);
        out.write(chunk, 0, n * elementBytes);
      }
    }
  }

  static Source ofF64(double[] values) {
    return (from, count, target) -> MemorySegment.copy(values, from, target, F64, 0, count);
  }

  static Source ofF32(float[] values) {
    return (from, count, target) -> MemorySegment.copy(values, from, target, F32, 0, count);
  }

  static Source ofF16(float[] values) {
    return (from, count, target) -> {
      for (int i = 0; i < count; i++) {
        target.set(B16, 2L * i, Float.floatToFloat16(values[from + i]));
      }
    };
  }

  static Source ofBf16(float[] values) {
    return (from, count, target) -> {
      for (int i = 0; i < count; i++) {
        target.set(B16, 2L * i, toBf16(values[from + i]));
      }
    };
  }

  static Source ofI64(long[] values) {
    return (from, count, target) -> MemorySegment.copy(values, from, target, I64, 0, count);
  }

  static Source ofI32(int[] values) {
    return (from, count, target) -> MemorySegment.copy(values, from, target, I32, 0, count);
  }

  static Source ofU8(byte[] values) {
    return (from, count, target) -> MemorySegment.copy(values, from, target, U8, 0, count);
  }

  static Source ofBool(boolean[] values) {
    return (from, count, target) -> {
      for (int i = 0; i < count; i++) {
        target.set(U8, i, (byte) (values[from + i] ? 1 : 0));
      }
    };
  }

  /** Rounds to nearest, ties to even; a NaN stays a NaN, which plain rounding could carry to ∞. */
  static short toBf16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
  }

  static float fromBf16(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  static float[] floats(DType type, int count, MemorySegment data) {
    float[] out = new float[count];
    switch (type) {
      case F32 -> MemorySegment.copy(data, F32, 0, out, 0, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          out[i] = (float) data.get(F64, 8L * i);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out[i] = Float.float16ToFloat(data.get(B16, 2L * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          out[i] = fromBf16(data.get(B16, 2L * i));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          out[i] = (float) integer(type, i, data);
        }
      }
    }
    return out;
  }

  static double[] doubles(DType type, int count, MemorySegment data) {
    double[] out = new double[count];
    switch (type) {
      case F64 -> MemorySegment.copy(data, F64, 0, out, 0, count);
      case F32 -> {
        for (int i = 0; i < count; i++) {
          out[i] = data.get(F32, 4L * i);
        }
      }
      case F16 -> {
        for (int i = 0; i < count; i++) {
          out[i] = Float.float16ToFloat(data.get(B16, 2L * i));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          out[i] = fromBf16(data.get(B16, 2L * i));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          out[i] = (double) integer(type, i, data);
        }
      }
    }
    return out;
  }

  /** Integer types only. */
  static long[] longs(DType type, int count, MemorySegment data) {
    long[] out = new long[count];
    for (int i = 0; i < count; i++) {
      out[i] = integer(type, i, data);
    }
    return out;
  }

  private static long integer(DType type, int i, MemorySegment data) {
    return switch (type) {
      case I64 -> data.get(I64, 8L * i);
      case I32 -> data.get(I32, 4L * i);
      case U8 -> data.get(U8, i) & 0xFF;
      case BOOL -> data.get(U8, i) == 0 ? 0 : 1;
      case F64, F32, F16, BF16 -> throw new IllegalArgumentException(type + " is no integer type");
    };
  }
}
