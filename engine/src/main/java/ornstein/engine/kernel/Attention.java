package ornstein.engine.kernel;

/**
 * Geometry of scaled-dot-product attention, softmax(scale · Q Kᵀ) V per sample and head (Vaswani et
 * al., 2017, eq. 1). Queries, keys and values may be interleaved in one buffer: each says where its
 * rows lie. The result is dense, [batch, queries, heads · dim].
 *
 * @param batch number of samples
 * @param heads number of heads
 * @param queries rows of Q per sample
 * @param keys rows of K and V per sample
 * @param dim channels of one head
 * @param scale factor of the logits, usually 1/√dim
 * @param q where the queries lie
 * @param k where the keys lie
 * @param v where the values lie
 */
public record Attention(
    int batch, int heads, int queries, int keys, int dim, float scale, Rows q, Rows k, Rows v) {
  /**
   * Where the rows of one operand lie: element i of head h of row r of sample b is at {@code offset
   * + (b · rows + r) · rowStride + h · headStride + i}.
   *
   * @param offset first element
   * @param rowStride elements from one row to the next
   * @param headStride elements from one head to the next
   */
  public record Rows(int offset, int rowStride, int headStride) {}

  /**
   * Floating-point operations of Q · Kᵀ and P · V, a fused multiply-add counted as two.
   *
   * @return the operation count
   */
  public long flops() {
    return 4L * batch * heads * queries * keys * dim;
  }

  /**
   * Floating-point operations of the gradient: five products, of which one computes the logits
   * anew.
   *
   * @return the operation count
   */
  public long gradientFlops() {
    return flops() / 2 * 5;
  }
}
