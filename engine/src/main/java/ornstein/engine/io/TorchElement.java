package ornstein.engine.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The element types of PyTorch's storages, as they lie in the file. */
enum TorchElement {
  DOUBLE("DoubleStorage", DType.F64, 8),
  FLOAT("FloatStorage", DType.F32, 4),
  HALF("HalfStorage", DType.F16, 2),
  BFLOAT16("BFloat16Storage", DType.BF16, 2),
  LONG("LongStorage", DType.I64, 8),
  INT("IntStorage", DType.I32, 4),
  SHORT("ShortStorage", DType.I32, 2),
  CHAR("CharStorage", DType.I32, 1),
  BYTE("ByteStorage", DType.U8, 1),
  BOOL("BoolStorage", DType.BOOL, 1);

  private static final ByteOrder NATIVE = ByteOrder.LITTLE_ENDIAN;
  private static final ValueLayout.OfByte B8 = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfShort B16 = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt B32 = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong B64 = ValueLayout.JAVA_LONG_UNALIGNED;

  private final String className;
  private final DType dtype;
  private final int bytes;

  TorchElement(String className, DType dtype, int bytes) {
    this.className = className;
    this.dtype = dtype;
    this.bytes = bytes;
  }

  /** The class of module {@code torch} that has such elements. */
  String className() {
    return className;
  }

  /** The smallest of the engine's types that holds all values. */
  DType dtype() {
    return dtype;
  }

  /** Size of one element in the file. */
  int bytes() {
    return bytes;
  }

  /** Whether the file's bytes in little-endian order are those of {@link #dtype}. */
  boolean isPlain() {
    return bytes == dtype.bytes();
  }

  /** Copies one element to place {@code i} of little-endian elements of {@link #dtype}. */
  void copy(MemorySegment data, long offset, ByteOrder order, MemorySegment target, int i) {
    switch (this) {
      case DOUBLE, LONG ->
          target.set(B64.withOrder(NATIVE), 8L * i, data.get(B64.withOrder(order), offset));
      case FLOAT, INT ->
          target.set(B32.withOrder(NATIVE), 4L * i, data.get(B32.withOrder(order), offset));
      case HALF, BFLOAT16 ->
          target.set(B16.withOrder(NATIVE), 2L * i, data.get(B16.withOrder(order), offset));
      case SHORT ->
          target.set(B32.withOrder(NATIVE), 4L * i, data.get(B16.withOrder(order), offset));
      case CHAR -> target.set(B32.withOrder(NATIVE), 4L * i, data.get(B8, offset));
      case BYTE, BOOL -> target.set(B8, i, data.get(B8, offset));
    }
  }
}
