package ornstein.engine.io;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/** Elements {@code first} to {@code first + count - 1} of a storage, taken as of one type. */
record TorchView(TorchStorage storage, TorchElement element, long first, long count) {
  static final long MAX_COUNT = 1L << 48;

  /** A tensor may repeat its storage's elements by a stride of 0, up to so many in all. */
  static final int MAX_REPEATED = 1 << 22;

  /** How many bytes the storage must have. */
  long bytesNeeded() {
    return (first + count) * element.bytes();
  }

  /** To be asked once the storage has its bytes. */
  void checkSize() throws FormatException {
    if (bytesNeeded() > storage.byteSize()) {
      throw storage.fault(
          "has "
              + storage.byteSize()
              + " bytes where "
              + bytesNeeded()
              + " are needed; the file is incomplete or damaged");
    }
  }

  /** What is wrong with a tensor of this shape here, or null if it stays within the view. */
  @Nullable String problem(Shape shape, long offset, long[] strides) {
    boolean inside = offset >= 0 && offset <= count;
    long last = offset;
    for (int axis = 0; axis < strides.length && inside; axis++) {
      long steps = shape.dim(axis) - 1L;
      inside = strides[axis] >= 0;
      if (inside && steps > 0 && shape.size() > 0) {
        // Compared by division, for the product may not fit.
        inside = strides[axis] <= (count - last) / steps;
        last += inside ? strides[axis] * steps : 0;
      }
    }
    if (!inside || (shape.size() > 0 && last >= count)) {
      return "a tensor of shape "
          + shape
          + " reaches beyond its storage, which holds "
          + count
          + " elements; the file is damaged";
    }
    if (shape.size() > Math.max(count, MAX_REPEATED)) {
      return "a tensor repeats the "
          + count
          + " elements of its storage to "
          + shape.size()
          + "; save it after contiguous()";
    }
    return null;
  }

  /** A storage that stands for itself is shown as a vector. */
  TorchTensor vector() throws FormatException {
    try {
      return new TorchTensor(this, Shape.of(Shape.extent(count)), 0, new long[] {1});
    } catch (ShapeException e) {
      throw storage.fault(String.valueOf(e.getMessage()));
    }
  }
}
