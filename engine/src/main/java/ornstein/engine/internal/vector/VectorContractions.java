package ornstein.engine.internal.vector;

import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.Contractions;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Matmul;
import ornstein.engine.kernel.Winograd;

/** Products and convolutions on the micro-kernels that {@link Tile} chooses from. */
public final class VectorContractions implements Contractions {
  @Override
  public int packedSize(int depth, int columns) {
    return Panels.count(columns) * MicroKernel4x2.COLUMNS * depth;
  }

  @Override
  public void pack(
      float[] b, int bo, int br, int bc, int depth, int columns, float[] packed, int to) {
    Panels.pack(b, bo, br, bc, depth, columns, packed, to);
  }

  @Override
  public int scratchSize() {
    return RowBlock.SIZE + Tile.SIZE;
  }

  @Override
  public void multiply(
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
      int so) {
    VectorProduct.multiply(
        rows, columns, depth, a, ao, ar, ac, packed, po, c, co, cs, accumulate, scratch, so);
  }

  @Override
  public void multiplyBlock(
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
      int so) {
    VectorProduct.multiplyBlock(
        rows, columns, depth, a, ao, packed, po, c, co, cs, accumulate, scratch, so);
  }

  @Override
  public void multiplyTransposedBlock(
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
      int so) {
    VectorProduct.multiplyTransposedBlock(
        rows, columns, depth, a, ao, packed, po, c, co, cs, accumulate, scratch, so);
  }

  @Override
  public void matmul(Launcher launcher, Matmul g, HeapBuffer a, HeapBuffer b, HeapBuffer y) {
    VectorProduct.matmul(launcher, g, a, b, y);
  }

  @Override
  public void convolution(
      Launcher launcher,
      Convolution g,
      HeapBuffer x,
      HeapBuffer weight,
      @Nullable HeapBuffer bias,
      @Nullable HeapBuffer residual,
      HeapBuffer y) {
    Winograd f = Winograd.of(g);
    Epilogue epilogue = new Epilogue(bias, residual);
    if (f == Winograd.NONE) {
      DirectConvolution.run(launcher, g, x, weight, epilogue, y);
    } else {
      HeapBuffer packed = WinogradWeights.of(launcher, g, f, weight, false);
      WinogradConvolution.run(launcher, g, f, x, packed, epilogue, y);
    }
  }

  @Override
  public void convolutionInputGradient(
      Launcher launcher, Convolution g, HeapBuffer gy, HeapBuffer weight, HeapBuffer gx) {
    Winograd f = Winograd.ofInputGradient(g);
    if (f == Winograd.NONE) {
      DirectConvolution.runAdjoint(launcher, g, gy, weight, gx);
    } else {
      Convolution adjoint = g.adjoint();
      HeapBuffer packed = WinogradWeights.of(launcher, adjoint, f, weight, true);
      WinogradConvolution.run(launcher, adjoint, f, gy, packed, Epilogue.NONE, gx);
    }
  }

  @Override
  public void convolutionWeightGradient(
      Launcher launcher, Convolution g, HeapBuffer x, HeapBuffer gy, HeapBuffer gw) {
    Winograd f = Winograd.of(g);
    if (f == Winograd.NONE || g.batch() == 0) {
      WeightGradient.run(launcher, g, x, gy, gw);
    } else {
      WinogradWeightGradient.run(launcher, g, f, x, gy, gw);
    }
  }
}
