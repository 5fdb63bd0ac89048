package ornstein.engine.internal;

import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Convolution;

/**
 * Products and convolutions on heap arrays. The order of each chain is that of {@link
 * ornstein.engine.kernel.Kernels}; how the loops are blocked is the implementation's.
 */
public interface Contractions {
  /**
   * C = A · B on one thread. Element (i, j) of a factor is at {@code offset + i·rowStride +
   * j·columnStride}, which covers both transposes; rows of C are {@code cs} apart. Accumulating
   * goes on with each element's chain from the value that C has, instead of from 0.
   */
  void multiply(
      int rows,
      int columns,
      int depth,
      Matrix a,
      Matrix b,
      float[] c,
      int co,
      int cs,
      boolean accumulate);

  /** See {@link ornstein.engine.kernel.Kernels#convolution}. */
  void convolution(
      WorkerTeam team,
      Convolution g,
      HeapBuffer x,
      HeapBuffer weight,
      @Nullable HeapBuffer bias,
      HeapBuffer y);

  /** See {@link ornstein.engine.kernel.Kernels#convolutionInputGradient}. */
  void convolutionInputGradient(
      WorkerTeam team, Convolution g, HeapBuffer gy, HeapBuffer weight, HeapBuffer gx);

  /** See {@link ornstein.engine.kernel.Kernels#convolutionWeightGradient}. */
  void convolutionWeightGradient(
      WorkerTeam team, Convolution g, HeapBuffer x, HeapBuffer gy, HeapBuffer gw);
}
