package ornstein.engine.internal.scalar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.Contractions;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Matrix;
import ornstein.engine.internal.parallel.WorkerTeam;
import ornstein.engine.kernel.Convolution;

/** The oracle: each chain of fused multiply-adds written as its definition. */
public final class ScalarContractions implements Contractions {
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
    for (int i = 0; i < rows; i++) {
      int row = co + i * cs;
      if (!accumulate) {
        Arrays.fill(c, row, row + columns, 0f);
      }
      for (int k = 0; k < depth; k++) {
        float aik = a.array()[a.offset() + i * a.rowStride() + k * a.columnStride()];
        int bk = b.offset() + k * b.rowStride();
        for (int j = 0; j < columns; j++) {
          c[row + j] = Math.fma(aik, b.array()[bk + j * b.columnStride()], c[row + j]);
        }
      }
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
    team.run(
        g.batch() * g.outHeight(),
        1,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            for (int ow = 0; ow < g.outWidth(); ow++) {
              pixel(g, x, weight, r / g.outHeight(), r % g.outHeight(), ow, y);
              if (bias != null) {
                int row = y.offset() + (r * g.outWidth() + ow) * g.outChannels();
                for (int k = 0; k < g.outChannels(); k++) {
                  y.array()[row + k] += bias.array()[bias.offset() + k];
                }
              }
            }
          }
        });
  }

  private static void pixel(
      Convolution g, HeapBuffer x, HeapBuffer weight, int n, int oh, int ow, HeapBuffer y) {
    int channels = g.inChannels();
    int outs = g.outChannels();
    int row = y.offset() + ((n * g.outHeight() + oh) * g.outWidth() + ow) * outs;
    Arrays.fill(y.array(), row, row + outs, 0f);
    for (int kh = 0; kh < g.kernelHeight(); kh++) {
      for (int kw = 0; kw < g.kernelWidth(); kw++) {
        int ih = oh * g.stride() + kh - g.padding();
        int iw = ow * g.stride() + kw - g.padding();
        boolean inside = ih >= 0 && ih < g.height() && iw >= 0 && iw < g.width();
        int at = x.offset() + ((n * g.height() + ih) * g.width() + iw) * channels;
        int w = weight.offset() + (kh * g.kernelWidth() + kw) * channels * outs;
        for (int c = 0; c < channels; c++) {
          float value = inside ? x.array()[at + c] : 0f;
          accumulate(value, weight.array(), w + c * outs, 1, y.array(), row, outs);
        }
      }
    }
  }

  @Override
  public void convolutionInputGradient(
      WorkerTeam team, Convolution g, HeapBuffer gy, HeapBuffer weight, HeapBuffer gx) {
    team.run(
        g.batch() * g.height(),
        1,
        (from, to) -> {
          for (int r = from; r < to; r++) {
            for (int iw = 0; iw < g.width(); iw++) {
              inputPixel(g, gy, weight, r / g.height(), r % g.height(), iw, gx);
            }
          }
        });
  }

  private static void inputPixel(
      Convolution g, HeapBuffer gy, HeapBuffer weight, int n, int ih, int iw, HeapBuffer gx) {
    int channels = g.inChannels();
    int outs = g.outChannels();
    int row = gx.offset() + ((n * g.height() + ih) * g.width() + iw) * channels;
    Arrays.fill(gx.array(), row, row + channels, 0f);
    for (int kh = g.kernelHeight() - 1; kh >= 0; kh--) {
      for (int kw = g.kernelWidth() - 1; kw >= 0; kw--) {
        int h = ih + g.padding() - kh;
        int w = iw + g.padding() - kw;
        boolean hit = h >= 0 && w >= 0 && h % g.stride() == 0 && w % g.stride() == 0;
        int oh = h / g.stride();
        int ow = w / g.stride();
        hit = hit && oh < g.outHeight() && ow < g.outWidth();
        int at = gy.offset() + ((n * g.outHeight() + oh) * g.outWidth() + ow) * outs;
        int tap = weight.offset() + (kh * g.kernelWidth() + kw) * channels * outs;
        for (int k = 0; k < outs; k++) {
          float value = hit ? gy.array()[at + k] : 0f;
          accumulate(value, weight.array(), tap + k, outs, gx.array(), row, channels);
        }
      }
    }
  }

  @Override
  public void convolutionWeightGradient(
      WorkerTeam team, Convolution g, HeapBuffer x, HeapBuffer gy, HeapBuffer gw) {
    int taps = g.kernelHeight() * g.kernelWidth();
    team.run(
        taps,
        1,
        (from, to) -> {
          for (int tap = from; tap < to; tap++) {
            int at = gw.offset() + tap * g.inChannels() * g.outChannels();
            Arrays.fill(gw.array(), at, at + g.inChannels() * g.outChannels(), 0f);
            tapGradient(g, x, gy, tap / g.kernelWidth(), tap % g.kernelWidth(), gw.array(), at);
          }
        });
  }

  private static void tapGradient(
      Convolution g, HeapBuffer x, HeapBuffer gy, int kh, int kw, float[] gw, int at) {
    int outs = g.outChannels();
    for (int n = 0; n < g.batch(); n++) {
      for (int oh = 0; oh < g.outHeight(); oh++) {
        for (int ow = 0; ow < g.outWidth(); ow++) {
          int ih = oh * g.stride() + kh - g.padding();
          int iw = ow * g.stride() + kw - g.padding();
          boolean inside = ih >= 0 && ih < g.height() && iw >= 0 && iw < g.width();
          int from = x.offset() + ((n * g.height() + ih) * g.width() + iw) * g.inChannels();
          int row = gy.offset() + ((n * g.outHeight() + oh) * g.outWidth() + ow) * outs;
          for (int c = 0; c < g.inChannels(); c++) {
            float value = inside ? x.array()[from + c] : 0f;
            accumulate(value, gy.array(), row, 1, gw, at + c * outs, outs);
          }
        }
      }
    }
  }

  /** y[j] = fma(value, w[j·step], y[j]). */
  private static void accumulate(
      float value, float[] w, int wo, int step, float[] y, int yo, int n) {
    for (int j = 0; j < n; j++) {
      y[yo + j] = Math.fma(value, w[wo + j * step], y[yo + j]);
    }
  }
}
