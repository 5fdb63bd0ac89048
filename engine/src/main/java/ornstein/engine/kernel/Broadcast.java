package ornstein.engine.kernel;

/**
 * How two operands stretch to a dense result, with neighbouring axes merged where both operands
 * allow it, so that a kernel's inner loop is as long as possible.
 *
 * @param dims extents of the result, outermost first, at least one axis
 * @param aStrides element strides of the first operand; 0 where it is stretched
 * @param bStrides element strides of the second operand; 0 where it is stretched
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere; a plain argument bundle
public record Broadcast(int[] dims, int[] aStrides, int[] bStrides) {
  /**
   * The broadcast of two shapes that are known to fit; the innermost strides are 0 or 1.
   *
   * @param a extents of the first operand
   * @param b extents of the second operand
   * @param result extents of their broadcast
   * @return the merged description
   */
  public static Broadcast of(int[] a, int[] b, int[] result) {
    int[] as = stretched(a, result.length);
    int[] bs = stretched(b, result.length);
    int[] dims = new int[Math.max(result.length, 1)];
    int[] ma = new int[dims.length];
    int[] mb = new int[dims.length];
    int axes = 0;
    for (int i = 0; i < result.length; i++) {
      if (result[i] == 1) {
        continue;
      }
      boolean merges =
          axes > 0 && ma[axes - 1] == as[i] * result[i] && mb[axes - 1] == bs[i] * result[i];
      if (merges) {
        dims[axes - 1] *= result[i];
      } else {
        dims[axes++] = result[i];
      }
      ma[axes - 1] = as[i];
      mb[axes - 1] = bs[i];
    }
    if (axes == 0) {
      dims[axes++] = 1;
    }
    return new Broadcast(cut(dims, axes), cut(ma, axes), cut(mb, axes));
  }

  /** Strides of {@code dims} aligned at the last of {@code rank} axes; 0 where it stretches. */
  private static int[] stretched(int[] dims, int rank) {
    int[] strides = new int[rank];
    int s = 1;
    for (int i = dims.length - 1; i >= 0; i--) {
      strides[rank - dims.length + i] = dims[i] == 1 ? 0 : s;
      s *= Math.max(dims[i], 1);
    }
    return strides;
  }

  private static int[] cut(int[] values, int length) {
    int[] cut = new int[length];
    System.arraycopy(values, 0, cut, 0, length);
    return cut;
  }
}
