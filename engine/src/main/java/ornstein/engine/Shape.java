package ornstein.engine;

import java.util.Arrays;

/**
 * The extents of a dense, row-major tensor; images are {@code [N, H, W, C]}. Immutable. Rank 0 is a
 * scalar with one element; an extent may be 0, which makes an empty tensor.
 */
public final class Shape {
  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;
  private final int size;

  private Shape(int[] dims) {
    long product = 1;
    boolean empty = false;
    for (int d : dims) {
      if (d < 0) {
        throw new ShapeException("negative extent in shape " + Arrays.toString(dims));
      }
      empty |= d == 0;
      if (d != 0) {
        product = Math.multiplyExact(product, (long) d);
        if (product > Integer.MAX_VALUE) {
          throw new ShapeException(
              "shape "
                  + Arrays.toString(dims)
                  + " has more than 2^31-1 elements, the most one tensor can hold");
        }
      }
    }
    this.dims = dims;
    this.size = empty ? 0 : (int) product;
  }

  /**
   * A shape of the given extents.
   *
   * @param dims extents, outermost first; each at least 0
   * @return the shape
   * @throws ShapeException if an extent is negative or the product exceeds 2<sup>31</sup>−1
   */
  public static Shape of(int... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /**
   * An extent that was computed in 64 bits.
   *
   * @param extent the extent
   * @return the same number
   * @throws ShapeException if it is negative or exceeds 2<sup>31</sup>−1
   */
  public static int extent(long extent) {
    if (extent < 0 || extent > Integer.MAX_VALUE) {
      throw new ShapeException("extent " + extent + " is not from 0 to 2^31-1");
    }
    return (int) extent;
  }

  /**
   * The rank-0 shape.
   *
   * @return the shape of a scalar
   */
  public static Shape scalar() {
    return SCALAR;
  }

  /**
   * Number of axes.
   *
   * @return the rank, at least 0
   */
  public int rank() {
    return dims.length;
  }

  /**
   * Number of elements, the product of the extents (1 for a scalar).
   *
   * @return the element count
   */
  public int size() {
    return size;
  }

  /**
   * The extent of one axis.
   *
   * @param axis the axis; negative counts from the end (−1 is the last)
   * @return its extent
   * @throws ShapeException if there is no such axis
   */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /**
   * Normalises an axis number.
   *
   * @param axis the axis; negative counts from the end
   * @return the axis in {@code [0, rank)}
   * @throws ShapeException if there is no such axis
   */
  public int axis(int axis) {
    int a = axis < 0 ? axis + dims.length : axis;
    if (a < 0 || a >= dims.length) {
      throw new ShapeException("axis " + axis + " does not exist in shape " + this);
    }
    return a;
  }

  /**
   * The extents.
   *
   * @return a fresh array of the extents
   */
  public int[] dims() {
    return dims.clone();
  }

  /**
   * Row-major strides in elements.
   *
   * @return a fresh array; the last stride is 1
   */
  public int[] strides() {
    int[] strides = new int[dims.length];
    int s = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[i] = s;
      s *= Math.max(dims[i], 1);
    }
    return strides;
  }

  /**
   * The same shape with one extent replaced.
   *
   * @param axis the axis; negative counts from the end
   * @param extent its new extent, at least 0
   * @return the new shape
   * @throws ShapeException if there is no such axis or the extent is negative
   */
  public Shape with(int axis, int extent) {
    int[] d = dims.clone();
    d[axis(axis)] = extent;
    return new Shape(d);
  }

  /**
   * The common shape of two operands under NumPy's broadcasting rule: aligned at the last axis, an
   * extent of 1 or a missing axis stretches.
   *
   * @param other the other operand's shape
   * @return the broadcast shape
   * @throws ShapeException if an aligned pair of extents differs and neither is 1
   */
  public Shape broadcast(Shape other) {
    int rank = Math.max(dims.length, other.dims.length);
    int[] d = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int a = i <= dims.length ? dims[dims.length - i] : 1;
      int b = i <= other.dims.length ? other.dims[other.dims.length - i] : 1;
      if (a != b && a != 1 && b != 1) {
        throw new ShapeException("shapes " + this + " and " + other + " do not broadcast");
      }
      d[rank - i] = a == 1 ? b : a;
    }
    return of(d);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
