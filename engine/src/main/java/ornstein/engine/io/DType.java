package ornstein.engine.io;

import org.jspecify.annotations.Nullable;

/**
 * Element types of tensors in files, under their safetensors names. In memory the engine computes
 * in float32; the other types exist at the edges only.
 */
public enum DType {
  /** IEEE 754 double precision. */
  F64(8, "<f8"),
  /** IEEE 754 single precision. */
  F32(4, "<f4"),
  /** IEEE 754 half precision: 5 exponent and 10 fraction bits. */
  F16(2, "<f2"),
  /** The upper half of a float32: 8 exponent and 7 fraction bits. NumPy has no such type. */
  BF16(2, null),
  /** Signed 64-bit integer. */
  I64(8, "<i8"),
  /** Signed 32-bit integer. */
  I32(4, "<i4"),
  /** Unsigned 8-bit integer. */
  U8(1, "|u1"),
  /** One byte that is 0 for false and anything else for true; written as 0 and 1. */
  BOOL(1, "|b1");

  private final int bytes;
  private final @Nullable String numpyCode;

  DType(int bytes, @Nullable String numpyCode) {
    this.bytes = bytes;
    this.numpyCode = numpyCode;
  }

  /**
   * Size of one element.
   *
   * @return the size in bytes: 1, 2, 4 or 8
   */
  public int bytes() {
    return bytes;
  }

  /**
   * Whether the elements are whole numbers; booleans count as 0 and 1.
   *
   * @return true for I64, I32, U8 and BOOL
   */
  public boolean isInteger() {
    return this == I64 || this == I32 || this == U8 || this == BOOL;
  }

  /** The {@code descr} of an npy header, or null where NumPy lacks the type. */
  @Nullable String numpyCode() {
    return numpyCode;
  }

  /** The type of an npy {@code descr}, or null if it is none of ours. */
  static @Nullable DType ofNumpy(String code) {
    for (DType type : values()) {
      if (code.equals(type.numpyCode)) {
        return type;
      }
    }
    return null;
  }

  /** The type of a safetensors name, or null if it is none of ours. */
  static @Nullable DType ofName(String name) {
    for (DType type : values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return null;
  }
}
