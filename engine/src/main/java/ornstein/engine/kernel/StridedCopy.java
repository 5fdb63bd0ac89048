package ornstein.engine.kernel;

/**
 * A copy between two strided boxes of the same extents: permutation, slice, concatenation and
 * expansion are all this one movement. A source stride of 0 repeats an element.
 *
 * @param dims extents of the box, outermost first; any rank, all at least 0
 * @param sourceOffset first element read, in elements
 * @param sourceStrides strides of the source, in elements, one per axis
 * @param targetOffset first element written, in elements
 * @param targetStrides strides of the target, in elements, one per axis
 */
@SuppressWarnings("ArrayRecordComponent") // compared nowhere; a plain argument bundle
public record StridedCopy(
    int[] dims, int sourceOffset, int[] sourceStrides, int targetOffset, int[] targetStrides) {
  /**
   * Checks that the ranks agree.
   *
   * @throws IllegalArgumentException if they do not
   */
  public StridedCopy {
    if (dims.length != sourceStrides.length || dims.length != targetStrides.length) {
      throw new IllegalArgumentException("extents and strides must have the same rank");
    }
  }

  /**
   * Number of elements copied.
   *
   * @return the product of the extents
   */
  public int size() {
    int n = 1;
    for (int d : dims) {
      n *= d;
    }
    return n;
  }
}
