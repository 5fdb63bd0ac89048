package ornstein.engine.internal.scalar;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.Contractions;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.Matmul;
import ornstein.engine.kernel.Winograd;

/**
 * The oracle: each sum written as its definition, chunk by chunk. A chunk is a chain of fused
 * multiply-adds from 0.
 */
public final class ScalarContractions implements Contractions {
  private static final int CHUNK = Kernels.PRODUCT_CHUNK;

  /** The first factor of a term, by its place in the sum. */
  private interface Factor {
    float at(int place);
  }

  /**
   * y[j] = Σ a(i) · b[from(i) + j·step] over {@code depth} places, chunk by chunk; added to y if
   * wanted.
   */
  private static void row(
      int depth,
      Factor a,
      float[] b,
      IntUnaryOperator from,
      int step,
      float[] y,
      int yo,
      int n,
      boolean add) {
    float[] chunk = new float[n];
    if (depth == 0 && !add) {
      Arrays.fill(y, yo, yo + n, 0f);
    }
    for (int k = 0; k < depth; k += CHUNK) {
      Arrays.fill(chunk, 0f);
      for (int i = k; i < Math.min(depth, k + CHUNK); i++) {
        accumulate(a.at(i), b, from.applyAsInt(i), step, chunk);
      }
      boolean first = k == 0 && !add;
      for (int j = 0; j < n; j++) {
        y[yo + j] = first ? chunk[j] : y[yo + j] + chunk[j];
      }
    }
  }

  private static void accumulate(float value, float[] b, int bo, int step, float[] sums) {
    for (int j = 0; j < sums.length; j++) {
      sums[j] = Math.fma(value, b[bo + j * step], sums[j]);
    }
  }

  @Override
  public int packedSize(int depth, int columns) {
    return depth * columns;
  }

  @Override
  public void pack(
      float[] b, int bo, int br, int bc, int depth, int columns, float[] packed, int to) {
    for (int i = 0; i < depth; i++) {
      for (int j = 0; j < columns; j++) {
        packed[to + i * columns + j] = b[bo + i * br + j * bc];
      }
    }
  }

  @Override
  public int scratchSize() {
    return 0;
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
    for (int i = 0; i < rows; i++) {
      int r = ao + i * ar;
      row(
          depth,
          k -> a[r + k * ac],
          packed,
          k -> po + k * columns,
          1,
          c,
          co + i * cs,
          columns,
          accumulate);
    }
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
    for (int i = 0; i < rows; i++) {
      int r = ao + i * BLOCK;
      row(
          depth,
          k -> a[r + k / BLOCK * BLOCK * BLOCK + k % BLOCK],
          packed,
          k -> po + k * columns,
          1,
          c,
          co + i * cs,
          columns,
          accumulate);
    }
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
    for (int i = 0; i < rows; i++) {
      int r = ao + i;
      row(
          depth,
          k -> a[r + k * BLOCK],
          packed,
          k -> po + k * columns,
          1,
          c,
          co + i * cs,
          columns,
          accumulate);
    }
  }

  @Override
  public void matmul(Launcher launcher, Matmul g, HeapBuffer a, HeapBuffer b, HeapBuffer y) {
    launcher.run(
        g.batch() * g.rows(),
        1,
        (slot, from, to) -> {
          for (int task = from; task < to; task++) {
            int product = task / g.rows();
            int i = task % g.rows();
            int ao = a.offset() + product * g.rows() * g.depth();
            int bo = b.offset() + product * g.columns() * g.depth();
            int row = ao + i * (g.transposeA() ? 1 : g.depth());
            int ac = g.transposeA() ? g.rows() : 1;
            int br = g.transposeB() ? 1 : g.columns();
            row(
                g.depth(),
                k -> a.array()[row + k * ac],
                b.array(),
                k -> bo + k * br,
                g.transposeB() ? g.depth() : 1,
                y.array(),
                y.offset() + task * g.columns(),
                g.columns(),
                false);
          }
        });
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
    if (f != Winograd.NONE) {
      new ScalarWinograd(g, f).convolution(launcher, x, weight, false, bias, residual, y);
      return;
    }
    int channels = g.inChannels();
    int outs = g.outChannels();
    int depth = g.kernelHeight() * g.kernelWidth() * channels;
    launcher.run(
        g.batch() * g.outHeight() * g.outWidth(),
        1,
        (slot, from, to) -> {
          for (int pixel = from; pixel < to; pixel++) {
            int p = pixel;
            int at = y.offset() + pixel * outs;
            row(
                depth,
                i -> seen(g, x, p, i),
                weight.array(),
                i -> weight.offset() + i * outs,
                1,
                y.array(),
                at,
                outs,
                false);
            if (bias != null) {
              add(bias.array(), bias.offset(), y.array(), at, outs);
            }
            if (residual != null) {
              add(residual.array(), residual.offset() + pixel * outs, y.array(), at, outs);
            }
          }
        });
  }

  private static void add(float[] x, int xo, float[] y, int yo, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] += x[xo + j];
    }
  }

  /** What an output pixel sees at a place of its window, zero outside the image. */
  private static float seen(Convolution g, HeapBuffer x, int pixel, int place) {
    int tap = place / g.inChannels();
    int row = pixel / g.outWidth();
    int ih = row % g.outHeight() * g.stride() + tap / g.kernelWidth() - g.padding();
    int iw = pixel % g.outWidth() * g.stride() + tap % g.kernelWidth() - g.padding();
    if (ih < 0 || ih >= g.height() || iw < 0 || iw >= g.width()) {
      return 0f;
    }
    int source = (row / g.outHeight() * g.height() + ih) * g.width() + iw;
    return x.array()[x.offset() + source * g.inChannels() + place % g.inChannels()];
  }

  @Override
  public void convolutionInputGradient(
      Launcher launcher, Convolution g, HeapBuffer gy, HeapBuffer weight, HeapBuffer gx) {
    Winograd f = Winograd.ofInputGradient(g);
    if (f != Winograd.NONE) {
      new ScalarWinograd(g.adjoint(), f).convolution(launcher, gy, weight, true, null, null, gx);
      return;
    }
    int channels = g.inChannels();
    int outs = g.outChannels();
    launcher.run(
        g.batch() * g.height() * g.width(),
        1,
        (slot, from, to) -> {
          for (int pixel = from; pixel < to; pixel++) {
            int p = pixel;
            int[] taps = reaching(g, pixel);
            row(
                taps.length * outs,
                i -> reached(g, gy, p, taps[i / outs], i % outs),
                weight.array(),
                i -> weight.offset() + taps[i / outs] * channels * outs + i % outs,
                outs,
                gx.array(),
                gx.offset() + pixel * channels,
                channels,
                false);
          }
        });
  }

  /** Taps by which output pixels can see an input pixel, last tap first. */
  private static int[] reaching(Convolution g, int pixel) {
    int w = pixel % g.width();
    int h = pixel / g.width() % g.height();
    return IntStream.iterate(g.kernelHeight() * g.kernelWidth() - 1, t -> t >= 0, t -> t - 1)
        .filter(t -> (h + g.padding() - t / g.kernelWidth()) % g.stride() == 0)
        .filter(t -> (w + g.padding() - t % g.kernelWidth()) % g.stride() == 0)
        .toArray();
  }

  /** The gradient of the output that sees an input pixel at such a tap, zero outside the image. */
  private static float reached(Convolution g, HeapBuffer gy, int pixel, int tap, int k) {
    int row = pixel / g.width();
    int h = row % g.height() + g.padding() - tap / g.kernelWidth();
    int w = pixel % g.width() + g.padding() - tap % g.kernelWidth();
    int oh = h / g.stride();
    int ow = w / g.stride();
    if (h < 0 || w < 0 || oh >= g.outHeight() || ow >= g.outWidth()) {
      return 0f;
    }
    int target = (row / g.height() * g.outHeight() + oh) * g.outWidth() + ow;
    return gy.array()[gy.offset() + target * g.outChannels() + k];
  }

  @Override
  public void convolutionWeightGradient(
      Launcher launcher, Convolution g, HeapBuffer x, HeapBuffer gy, HeapBuffer gw) {
    Winograd f = Winograd.of(g);
    if (f != Winograd.NONE && g.batch() > 0) {
      new ScalarWinograd(g, f).weightGradient(launcher, x, gy, gw);
      return;
    }
    int outs = g.outChannels();
    int pixels = g.batch() * g.outHeight() * g.outWidth();
    launcher.run(
        g.kernelHeight() * g.kernelWidth() * g.inChannels(),
        1,
        (slot, from, to) -> {
          for (int place = from; place < to; place++) {
            int at = place;
            row(
                pixels,
                p -> seen(g, x, p, at),
                gy.array(),
                p -> gy.offset() + p * outs,
                1,
                gw.array(),
                gw.offset() + place * outs,
                outs,
                false);
          }
        });
  }
}
