package ornstein.engine.internal;

/** A strided matrix in a heap array: element (i, j) is at offset + i·rowStride + j·columnStride. */
@SuppressWarnings("ArrayRecordComponent") // identity of the storage is what matters
public record Matrix(float[] array, int offset, int rowStride, int columnStride) {
  /** The same storage, rows and columns swapped. */
  public Matrix transposed() {
    return new Matrix(array, offset, columnStride, rowStride);
  }

  /** The matrix whose element (0, 0) is this one's (i, j). */
  public Matrix from(int i, int j) {
    return new Matrix(array, offset + i * rowStride + j * columnStride, rowStride, columnStride);
  }
}
