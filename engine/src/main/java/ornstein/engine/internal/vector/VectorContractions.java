package ornstein.engine.internal.vector;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.Contractions;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Matrix;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Convolution;

/** Register-blocked products and convolutions on {@link MicroKernel4x2}. */
public final class VectorContractions implements Contractions {
  private static final int M = MicroKernel4x2.ROWS;
  private static final int N = MicroKernel4x2.COLUMNS;

  /** Rows of a panel that are used before moving on: 256 × 16 floats fill half of a 32 KiB L1. */
  private static final int DEPTH_BLOCK = 256;

  @Override
  public void multiply(
      int rows,
      int columns,
      int depth,
      Matrix a,
      Matrix b,
      float[] c,
      int co,
      int cs,
      boolean accumulate) {
    for (int i = 0; i < rows && !accumulate; i++) {
      Arrays.fill(c, co + i * cs, co + i * cs + columns, 0f);
    }
    Matrix rowsOfA = a.columnStride() == 1 ? a : packedRows(a, rows, depth);
    int block = Math.min(DEPTH_BLOCK, depth);
    float[] packed = new float[Panels.count(columns) * block * N];
    float[] edge = new float[M * N];
    for (int k = 0; k < depth; k += DEPTH_BLOCK) {
      int d = Math.min(DEPTH_BLOCK, depth - k);
      Panels.pack(b.from(k, 0), d, columns, packed, 0);
      for (int j = 0; j < columns; j += N) {
        for (int i = 0; i < rows; i += M) {
          int height = Math.min(M, rows - i);
          int width = Math.min(N, columns - j);
          int a0 = rowsOfA.offset() + i * rowsOfA.rowStride() + k;
          int step = rowsOfA.rowStride();
          tile(
              rowsOfA.array(),
              a0,
              a0 + Math.min(1, height - 1) * step,
              a0 + Math.min(2, height - 1) * step,
              a0 + Math.min(3, height - 1) * step,
              d,
              packed,
              j * d,
              c,
              co + i * cs + j,
              cs,
              height,
              width,
              edge);
        }
      }
    }
  }

  /** A copy of A whose rows are contiguous, for a transposed first factor. */
  private static Matrix packedRows(Matrix a, int rows, int depth) {
    float[] copy = new float[rows * depth];
    for (int k = 0; k < depth; k++) {
      int from = a.offset() + k * a.columnStride();
      for (int i = 0; i < rows; i++) {
        copy[i * depth + k] = a.array()[from + i * a.rowStride()];
      }
    }
    return new Matrix(copy, 0, depth, 1);
  }

  /** One tile of C; a tile at an edge goes through a full-size copy. */
  static void tile(
      float[] a,
      int a0,
      int a1,
      int a2,
      int a3,
      int depth,
      float[] b,
      int bo,
      float[] c,
      int co,
      int cs,
      int height,
      int width,
      float[] edge) {
    if (height == M && width == N) {
      MicroKernel4x2.rows(a, a0, a1, a2, a3, depth, b, bo, c, co, cs);
      return;
    }
    copyTile(c, co, cs, edge, 0, N, height, width);
    MicroKernel4x2.rows(a, a0, a1, a2, a3, depth, b, bo, edge, 0, N);
    copyTile(edge, 0, N, c, co, cs, height, width);
  }

  static void copyTile(
      float[] from, int fo, int fs, float[] to, int at, int ts, int height, int width) {
    for (int r = 0; r < height; r++) {
      System.arraycopy(from, fo + r * fs, to, at + r * ts, width);
    }
  }

  @Override
  public void convolution(
      WorkerTeam team,
      Convolution g,
      HeapBuffer x,
      HeapBuffer weight,
      @Nullable HeapBuffer bias,
      HeapBuffer y) {
    int run = g.kernelWidth() * g.inChannels();
    float[] packed =
        DirectConvolution.packWeights(
            g.kernelHeight(),
            run,
            g.outChannels(),
            kh ->
                new Matrix(
                    weight.array(),
                    weight.offset() + kh * run * g.outChannels(),
                    g.outChannels(),
                    1));
    new DirectConvolution(
            PaddedImages.padded(team, g, x),
            g.outHeight(),
            g.outWidth(),
            g.stride(),
            g.kernelHeight(),
            run,
            g.outChannels(),
            packed)
        .run(team, bias, y);
  }

  @Override
  public void convolutionInputGradient(
      WorkerTeam team, Convolution g, HeapBuffer gy, HeapBuffer weight, HeapBuffer gx) {
    int run = g.kernelWidth() * g.outChannels();
    float[] flipped = flipped(g, weight);
    float[] packed =
        DirectConvolution.packWeights(
            g.kernelHeight(),
            run,
            g.inChannels(),
            kh -> new Matrix(flipped, kh * run * g.inChannels(), g.inChannels(), 1));
    new DirectConvolution(
            PaddedImages.dilated(team, g, gy),
            g.height(),
            g.width(),
            1,
            g.kernelHeight(),
            run,
            g.inChannels(),
            packed)
        .run(team, null, gx);
  }

  /** Weights with both window axes reversed and the channels swapped: [kh, kw, K, C]. */
  private static float[] flipped(Convolution g, HeapBuffer weight) {
    int taps = g.kernelHeight() * g.kernelWidth();
    int size = g.inChannels() * g.outChannels();
    float[] flipped = new float[taps * size];
    for (int tap = 0; tap < taps; tap++) {
      int from = weight.offset() + (taps - 1 - tap) * size;
      for (int c = 0; c < g.inChannels(); c++) {
        for (int k = 0; k < g.outChannels(); k++) {
          flipped[tap * size + k * g.inChannels() + c] =
              weight.array()[from + c * g.outChannels() + k];
        }
      }
    }
    return flipped;
  }

  @Override
  public void convolutionWeightGradient(
      WorkerTeam team, Convolution g, HeapBuffer x, HeapBuffer gy, HeapBuffer gw) {
    new WeightGradient(g, PaddedImages.padded(team, g, x), gy, gw).run(team);
  }
}
