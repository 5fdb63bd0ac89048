package ornstein.engine.kernel;

/**
 * Geometry of a batched product C = op(A) · op(B), row-major and dense. Each element of C sums over
 * k = 0 … depth−1 in chunks of {@link Kernels#PRODUCT_CHUNK}.
 *
 * @param batch number of products, at least 0
 * @param rows rows of C
 * @param columns columns of C
 * @param depth length of the contracted axis
 * @param transposeA whether A is stored as [depth, rows] instead of [rows, depth]
 * @param transposeB whether B is stored as [columns, depth] instead of [depth, columns]
 */
public record Matmul(
    int batch, int rows, int columns, int depth, boolean transposeA, boolean transposeB) {
  /**
   * Floating-point operations, a fused multiply-add counted as two.
   *
   * @return the operation count
   */
  public long flops() {
    return 2L * batch * rows * columns * depth;
  }
}
