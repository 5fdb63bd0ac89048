package ornstein.engine.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Locale;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/**
 * An array as NumPy's npy format stores it: a type, a shape and row-major little-endian elements.
 * Immutable; two are equal if type, shape and bytes are. NumPy has no BF16.
 */
public final class NpyArray {
  private static final int MAX_BYTES = Integer.MAX_VALUE - 64;
  private static final int CHUNK_BYTES = 1 << 16;

  private final DType dtype;
  private final Shape shape;
  private final MemorySegment data;
  private final String file;
  private final String entry;

  /** {@code data} is a heap segment of exactly the right size; file and entry are for messages. */
  NpyArray(DType dtype, Shape shape, MemorySegment data, String file, String entry) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
    this.file = file;
    this.entry = entry;
  }

  private static NpyArray encode(DType dtype, Shape shape, int length, Elements.Source values) {
    if (length != shape.size()) {
      throw new ShapeException(
          "array has " + length + " values, shape " + shape + " has " + shape.size());
    }
    long bytes = (long) length * dtype.bytes();
    if (bytes > MAX_BYTES) {
      throw new ShapeException(
          String.format(
              Locale.ROOT, "array of shape %s takes %d bytes, the most is 2^31", shape, bytes));
    }
    MemorySegment data = MemorySegment.ofArray(new byte[(int) bytes]);
    values.encode(0, length, data);
    return new NpyArray(dtype, shape, data, "array", dtype + " " + shape);
  }

  /**
   * An array of float64.
   *
   * @param shape its shape
   * @param values its elements, row-major; copied
   * @return the array
   * @throws ShapeException if the counts differ or the array takes 2<sup>31</sup> bytes or more
   */
  public static NpyArray f64(Shape shape, double[] values) {
    return encode(DType.F64, shape, values.length, Elements.ofF64(values));
  }

  /**
   * An array of float32.
   *
   * @param shape its shape
   * @param values its elements, row-major; copied
   * @return the array
   * @throws ShapeException if the counts differ or the array takes 2<sup>31</sup> bytes or more
   */
  public static NpyArray f32(Shape shape, float[] values) {
    return encode(DType.F32, shape, values.length, Elements.ofF32(values));
  }

  /**
   * An array of float16, rounded to nearest, ties to even.
   *
   * @param shape its shape
   * @param values its elements, row-major; copied
   * @return the array
   * @throws ShapeException if the counts differ or the array takes 2<sup>31</sup> bytes or more
   */
  public static NpyArray f16(Shape shape, float[] values) {
    return encode(DType.F16, shape, values.length, Elements.ofF16(values));
  }

  /**
   * An array of int64.
   *
   * @param shape its shape
   * @param values its elements, row-major; copied
   * @return the array
   * @throws ShapeException if the counts differ or the array takes 2<sup>31</sup> bytes or more
   */
  public static NpyArray i64(Shape shape, long[] values) {
    return encode(DType.I64, shape, values.length, Elements.ofI64(values));
  }

  /**
   * An array of int32.
   *
   * @param shape its shape
   * @param values its elements, row-major; copied
   * @return the array
   * @throws ShapeException if the counts differ or the array takes 2<sup>31</sup> bytes or more
   */
  public static NpyArray i32(Shape shape, int[] values) {
    return encode(DType.I32, shape, values.length, Elements.ofI32(values));
  }

  /**
   * An array of uint8.
   *
   * @param shape its shape
   * @param values its elements, row-major, the bytes taken as 0 to 255; copied
   * @return the array
   * @throws ShapeException if the counts differ
   */
  public static NpyArray u8(Shape shape, byte[] values) {
    return encode(DType.U8, shape, values.length, Elements.ofU8(values));
  }

  /**
   * An array of bool.
   *
   * @param shape its shape
   * @param values its elements, row-major; copied
   * @return the array
   * @throws ShapeException if the counts differ
   */
  public static NpyArray bool(Shape shape, boolean[] values) {
    return encode(DType.BOOL, shape, values.length, Elements.ofBool(values));
  }

  /**
   * The element type.
   *
   * @return the type, never BF16
   */
  public DType dtype() {
    return dtype;
  }

  /**
   * The extents.
   *
   * @return the shape
   */
  public Shape shape() {
    return shape;
  }

  /**
   * The elements as float32. F16, U8 and BOOL convert exactly; F64, I64 and I32 round to nearest,
   * ties to even.
   *
   * @return a fresh array, row-major
   */
  public float[] floats() {
    return Elements.floats(dtype, shape.size(), data);
  }

  /**
   * The elements as float64. All convert exactly, except I64, which rounds to nearest, ties to
   * even.
   *
   * @return a fresh array, row-major
   */
  public double[] doubles() {
    return Elements.doubles(dtype, shape.size(), data);
  }

  /**
   * The elements of an array of whole numbers: I64, I32, U8, or BOOL as 0 and 1.
   *
   * @return a fresh array, row-major
   * @throws FormatException if the array has a floating-point type
   */
  public long[] longs() throws FormatException {
    if (!dtype.isInteger()) {
      throw new FormatException(
          file,
          entry,
          -1,
          "has type " + dtype + " where whole numbers are needed: save it with .astype('<i8')");
    }
    return Elements.longs(dtype, shape.size(), data);
  }

  /**
   * The elements of an array of uint8 or bool, such as pixels.
   *
   * @return a fresh array, row-major, of values 0 to 255
   * @throws FormatException if the array has another type
   */
  public byte[] bytes() throws FormatException {
    if (dtype != DType.U8 && dtype != DType.BOOL) {
      throw new FormatException(
          file,
          entry,
          -1,
          "has type " + dtype + " where bytes are needed: save it with .astype('uint8')");
    }
    return data.toArray(ValueLayout.JAVA_BYTE);
  }

  void writeData(OutputStream out) throws IOException {
    byte[] chunk = new byte[(int) Math.min(data.byteSize(), CHUNK_BYTES)];
    int n;
    for (long at = 0; at < data.byteSize(); at += n) {
      n = (int) Math.min(chunk.length, data.byteSize() - at);
      MemorySegment.copy(data, ValueLayout.JAVA_BYTE, at, chunk, 0, n);
      out.write(chunk, 0, n);
    }
  }

  long dataBytes() {
    return data.byteSize();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof NpyArray a
        && dtype == a.dtype
        && shape.equals(a.shape)
        && data.mismatch(a.data) == -1;
  }

  @Override
  public int hashCode() {
    int hash = 31 * dtype.name().hashCode() + shape.hashCode();
    for (long i = 0; i < Math.min(data.byteSize(), 64); i++) {
      hash = 31 * hash + data.get(ValueLayout.JAVA_BYTE, i);
    }
    return hash;
  }

  @Override
  public String toString() {
    return dtype + " " + shape;
  }
}
