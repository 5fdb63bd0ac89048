package ornstein.engine.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import ornstein.engine.Shape;

/**
 * A tensor in a checkpoint: a type, a shape, and a way to find its elements in a storage, which
 * other tensors may share. The elements are read when asked for, each call into a fresh array, as
 * long as the {@link TorchFile} is open. Any number of threads may read at once. Equal to itself
 * only.
 */
public final class TorchTensor implements TorchValue {
  /** Elements that are collected from their places before they are converted. */
  private static final int CHUNK = 1 << 13;

  private final TorchView view;
  private final Shape shape;
  private final long offset;
  private final long[] strides;

  /** Offset and strides count elements of the view; the caller has checked that they stay in it. */
  TorchTensor(TorchView view, Shape shape, long offset, long[] strides) {
    this.view = view;
    this.shape = shape;
    this.offset = offset;
    this.strides = strides;
  }

  /**
   * The extents, in PyTorch's order: {@code [out, in, height, width]} for the weights of a
   * convolution.
   *
   * @return the shape; rank 0 for a scalar
   */
  public Shape shape() {
    return shape;
  }

  /**
   * The element type. PyTorch's int16 and int8, which the engine has not, are shown as I32.
   *
   * @return the type
   */
  public DType dtype() {
    return view.element().dtype();
  }

  /**
   * Reads the tensor as float32. F16, BF16, U8 and BOOL convert exactly; F64, I64 and I32 round to
   * nearest, ties to even.
   *
   * @return a fresh array of {@code shape().size()} elements, row-major whatever the strides in the
   *     file are
   * @throws FormatException if the storage's checksum does not match, or the file was shortened
   *     while it was open
   * @throws IllegalStateException if the file was closed
   */
  public float[] floats() throws FormatException {
    if (isPlain()) {
      return read(() -> Elements.floats(dtype(), shape.size(), plainBytes()));
    }
    float[] out = new float[shape.size()];
    collect(
        (from, n, chunk) -> System.arraycopy(Elements.floats(dtype(), n, chunk), 0, out, from, n));
    return out;
  }

  /**
   * Reads the tensor as float64. All types convert exactly, except I64, which rounds to nearest,
   * ties to even.
   *
   * @return a fresh array of {@code shape().size()} elements, row-major
   * @throws FormatException if the storage's checksum does not match, or the file was shortened
   *     while it was open
   * @throws IllegalStateException if the file was closed
   */
  public double[] doubles() throws FormatException {
    if (isPlain()) {
      return read(() -> Elements.doubles(dtype(), shape.size(), plainBytes()));
    }
    double[] out = new double[shape.size()];
    collect(
        (from, n, chunk) -> System.arraycopy(Elements.doubles(dtype(), n, chunk), 0, out, from, n));
    return out;
  }

  /**
   * Reads a tensor of whole numbers: I64, I32, U8, or BOOL as 0 and 1.
   *
   * @return a fresh array of {@code shape().size()} elements, row-major
   * @throws FormatException if the tensor has a floating-point type, the storage's checksum does
   *     not match, or the file was shortened while it was open
   * @throws IllegalStateException if the file was closed
   */
  public long[] longs() throws FormatException {
    if (!dtype().isInteger()) {
      throw view.storage()
          .fault(
              "holds a tensor of type "
                  + dtype()
                  + " where whole numbers are needed: I64, I32, U8 or BOOL");
    }
    if (isPlain()) {
      return read(() -> Elements.longs(dtype(), shape.size(), plainBytes()));
    }
    long[] out = new long[shape.size()];
    collect(
        (from, n, chunk) -> System.arraycopy(Elements.longs(dtype(), n, chunk), 0, out, from, n));
    return out;
  }

  @Override
  public String toString() {
    return "tensor " + dtype() + " " + shape;
  }

  /** Whether the elements lie in the file as {@link Elements} takes them. */
  private boolean isPlain() {
    long expected = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      if (shape.dim(axis) > 1 && strides[axis] != expected) {
        return false;
      }
      expected *= Math.max(shape.dim(axis), 1);
    }
    return view.element().isPlain() && view.storage().order() == ByteOrder.LITTLE_ENDIAN;
  }

  private MemorySegment plainBytes() throws FormatException {
    int bytes = view.element().bytes();
    long start = shape.size() == 0 ? 0 : (view.first() + offset) * bytes;
    return view.storage().bytes().asSlice(start, (long) shape.size() * bytes);
  }

  @FunctionalInterface
  private interface Reading<T> {
    T get() throws FormatException;
  }

  /** The JVM reports pages that vanished under a mapping as an InternalError. */
  private <T> T read(Reading<T> reading) throws FormatException {
    try {
      return reading.get();
    } catch (InternalError fault) {
      FormatException e =
          view.storage().fault("cannot be read: the file was changed while it was open");
      e.initCause(fault);
      throw e;
    }
  }

  @FunctionalInterface
  private interface Sink {
    /** Takes elements {@code from} to {@code from + count - 1} from the start of the chunk. */
    void accept(int from, int count, MemorySegment chunk);
  }

  private void collect(Sink sink) throws FormatException {
    read(
        () -> {
          collect(view.storage().bytes(), sink);
          return sink;
        });
  }

  private void collect(MemorySegment data, Sink sink) {
    TorchElement element = view.element();
    ByteOrder order = view.storage().order();
    int size = shape.size();
    MemorySegment chunk = MemorySegment.ofArray(new byte[Math.min(size, CHUNK) * dtype().bytes()]);
    int[] dims = shape.dims();
    int[] index = new int[dims.length];
    long place = view.first() + offset;
    int n;
    for (int from = 0; from < size; from += n) {
      n = Math.min(CHUNK, size - from);
      for (int i = 0; i < n; i++) {
        element.copy(data, place * element.bytes(), order, chunk, i);
        int axis = dims.length - 1;
        while (axis >= 0 && ++index[axis] == dims[axis]) {
          place -= strides[axis] * (dims[axis] - 1);
          index[axis--] = 0;
        }
        place += axis >= 0 ? strides[axis] : 0;
      }
      sink.accept(from, n, chunk);
    }
  }
}
