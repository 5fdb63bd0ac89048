package ornstein.engine.internal;

import org.jspecify.annotations.Nullable;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.Matmul;

/**
 * Products and convolutions on heap arrays. The order of each sum is that of {@link
 * ornstein.engine.kernel.Kernels}; how the loops are blocked is the implementation's.
 */
public interface Contractions {
  /** Elements of a packed second factor. */
  int packedSize(int depth, int columns);

  /**
   * Packs a second factor for {@link #multiply}. Its element (i, j) is at {@code bo + i·br + j·bc},
   * which covers both transposes.
   */
  void pack(float[] b, int bo, int br, int bc, int depth, int columns, float[] packed, int to);

  /** Elements of scratch that {@link #multiply} needs. */
  int scratchSize();

  /**
   * C = A · B, or C + A · B, on one thread, B being packed. Element (i, j) of A is at {@code ao +
   * i·ar + j·ac}; rows of C are {@code cs} apart. An accumulating product adds its chunks to C, in
   * order.
   *
   * @param scratch array that has {@link #scratchSize} elements from {@code so} on
   */
  void multiply(
      int rows,
      int columns,
      int depth,
      float[] a,
      int ao,
      int ar,
      int ac,
      float[] packed,
      int po,
      float[] c,
      int co,
      int cs,
      boolean accumulate,
      float[] scratch,
      int so);

  /** Rows of a block, and the distance of its rows; one chunk of a sum over either. */
  int BLOCK = Kernels.PRODUCT_CHUNK;

  /**
   * C = A · B, or C + A · B, as {@link #multiply}, at most {@link #BLOCK} rows, with A in blocks of
   * BLOCK × BLOCK elements one after the other: element (i, k) is at {@code ao + k / BLOCK · BLOCK²
   * + i · BLOCK + k % BLOCK}. Whole blocks are there, whatever the rows.
   *
   * @param scratch array that has {@link #scratchSize} elements from {@code so} on
   */
  void multiplyBlock(
      int rows,
      int columns,
      int depth,
      float[] a,
      int ao,
      float[] packed,
      int po,
      float[] c,
      int co,
      int cs,
      boolean accumulate,
      float[] scratch,
      int so);

  /** The same with Aᵀ, A being one block: at most BLOCK rows of C, and at most BLOCK of depth. */
  void multiplyTransposedBlock(
      int rows,
      int columns,
      int depth,
      float[] a,
      int ao,
      float[] packed,
      int po,
      float[] c,
      int co,
      int cs,
      boolean accumulate,
      float[] scratch,
      int so);

  /** See {@link ornstein.engine.kernel.Kernels#matmul}. */
  void matmul(Launcher launcher, Matmul g, HeapBuffer a, HeapBuffer b, HeapBuffer y);

  /** See {@link ornstein.engine.kernel.Kernels#convolution}. */
  void convolution(
      Launcher launcher,
      Convolution g,
      HeapBuffer x,
      HeapBuffer weight,
      @Nullable HeapBuffer bias,
      @Nullable HeapBuffer residual,
      HeapBuffer y);

  /** See {@link ornstein.engine.kernel.Kernels#convolutionInputGradient}. */
  void convolutionInputGradient(
      Launcher launcher, Convolution g, HeapBuffer gy, HeapBuffer weight, HeapBuffer gx);

  /** See {@link ornstein.engine.kernel.Kernels#convolutionWeightGradient}. */
  void convolutionWeightGradient(
      Launcher launcher, Convolution g, HeapBuffer x, HeapBuffer gy, HeapBuffer gw);
}
