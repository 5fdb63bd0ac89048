package ornstein.engine.internal.scalar;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.HeapBuffer;
import ornstein.engine.internal.Launcher;
import ornstein.engine.kernel.Convolution;
import ornstein.engine.kernel.Kernels;
import ornstein.engine.kernel.Winograd;

/**
 * Winograd's convolution and the gradient of its weights, tile by tile and channel by channel: the
 * definition of what {@link Winograd} computes.
 *
 * @param g the convolution, or the adjoint of one
 * @param f its transform
 */
record ScalarWinograd(Convolution g, Winograd f) {
  private static final int CHUNK = Kernels.PRODUCT_CHUNK;

  /** A one-dimensional transform: elements xs apart at xo to elements ys apart at yo. */
  private interface Transform {
    void apply(float[] x, int xo, int xs, float[] y, int yo, int ys);
  }

  /** Applies a transform to the columns of a square matrix, then to the resulting rows. */
  private static float[] both(Transform t, float[] x, int side, int resulting) {
    float[] half = new float[resulting * side];
    for (int j = 0; j < side; j++) {
      t.apply(x, j, side, half, j, side);
    }
    float[] y = new float[resulting * resulting];
    for (int i = 0; i < resulting; i++) {
      t.apply(half, i * side, 1, y, i * resulting, 1);
    }
    return y;
  }

  private int side() {
    return f.tile() + 2;
  }

  private float[] input(float[] d) {
    return both(
        f == Winograd.F4 ? ScalarWinograd4::input : ScalarWinograd2::input, d, side(), side());
  }

  private float[] output(float[] m) {
    return both(
        f == Winograd.F4 ? ScalarWinograd4::output : ScalarWinograd2::output, m, side(), f.tile());
  }

  private float[] weight(float[] w) {
    return both(f == Winograd.F4 ? ScalarWinograd4::weight : ScalarWinograd2::weight, w, 3, side());
  }

  private float[] gradient(float[] gy) {
    return both(
        f == Winograd.F4 ? ScalarWinograd4::gradient : ScalarWinograd2::gradient,
        gy,
        f.tile(),
        side());
  }

  private float[] weightGradient(float[] m) {
    return both(
        f == Winograd.F4 ? ScalarWinograd4::weightGradient : ScalarWinograd2::weightGradient,
        m,
        side(),
        3);
  }

  /** Weights [3][3][in][out] of the forward convolution, read as they are or turned round. */
  void convolution(
      Launcher launcher,
      HeapBuffer x,
      HeapBuffer weight,
      boolean adjoint,
      @Nullable HeapBuffer bias,
      @Nullable HeapBuffer residual,
      HeapBuffer y) {
    int in = g.inChannels();
    int out = g.outChannels();
    HeapBuffer u = launcher.scratch(f.frequencies() * in * out);
    launcher.run(
        in,
        1,
        (slot, from, to) -> {
          for (int c = from; c < to; c++) {
            for (int k = 0; k < out; k++) {
              float[] taps = new float[9];
              for (int tap = 0; tap < 9; tap++) {
                int at = adjoint ? ((8 - tap) * out + k) * in + c : (tap * in + c) * out + k;
                taps[tap] = weight.array()[weight.offset() + at];
              }
              float[] places = weight(taps);
              for (int i = 0; i < places.length; i++) {
                u.array()[u.offset() + (i * in + c) * out + k] = places[i];
              }
            }
          }
        });
    int perRow = f.tiles(g.outWidth());
    int perImage = f.tiles(g.outHeight()) * perRow;
    launcher.run(
        g.batch() * perImage,
        1,
        (slot, from, to) -> {
          for (int t = from; t < to; t++) {
            int top = t % perImage / perRow * f.tile();
            tile(x, u, bias, residual, y, t / perImage, top, t % perRow * f.tile());
          }
        });
  }

  private void tile(
      HeapBuffer x,
      HeapBuffer u,
      @Nullable HeapBuffer bias,
      @Nullable HeapBuffer residual,
      HeapBuffer y,
      int image,
      int top,
      int left) {
    float[][] v = transformed(x, image, top, left);
    for (int k = 0; k < g.outChannels(); k++) {
      float[] m = new float[f.frequencies()];
      for (int i = 0; i < m.length; i++) {
        m[i] = product(v, u, i, k);
      }
      float[] outputs = output(m);
      for (int i = 0; i < f.tile() && top + i < g.outHeight(); i++) {
        for (int j = 0; j < f.tile() && left + j < g.outWidth(); j++) {
          int pixel = (image * g.outHeight() + top + i) * g.outWidth() + left + j;
          int at = pixel * g.outChannels() + k;
          float value = outputs[i * f.tile() + j];
          value = bias == null ? value : value + bias.array()[bias.offset() + k];
          value = residual == null ? value : value + residual.array()[residual.offset() + at];
          y.array()[y.offset() + at] = value;
        }
      }
    }
  }

  /** The transformed input of a tile, [channel][place]. */
  private float[][] transformed(HeapBuffer x, int image, int top, int left) {
    float[][] v = new float[g.inChannels()][];
    for (int c = 0; c < v.length; c++) {
      float[] d = new float[side() * side()];
      for (int i = 0; i < d.length; i++) {
        int h = top - g.padding() + i / side();
        int w = left - g.padding() + i % side();
        if (h >= 0 && h < g.height() && w >= 0 && w < g.width()) {
          int pixel = (image * g.height() + h) * g.width() + w;
          d[i] = x.array()[x.offset() + pixel * g.inChannels() + c];
        }
      }
      v[c] = input(d);
    }
    return v;
  }

  /** Σ over the channels at one place, chunk by chunk. */
  private float product(float[][] v, HeapBuffer u, int place, int k) {
    float total = 0f;
    for (int c = 0; c < v.length; c += CHUNK) {
      float sum = 0f;
      for (int i = c; i < Math.min(v.length, c + CHUNK); i++) {
        int at = u.offset() + (place * v.length + i) * g.outChannels() + k;
        sum = Math.fma(v[i][place], u.array()[at], sum);
      }
      total = c == 0 ? sum : total + sum;
    }
    return total;
  }

  void weightGradient(Launcher launcher, HeapBuffer x, HeapBuffer gy, HeapBuffer gw) {
    launcher.run(
        1,
        1,
        (slot, from, to) -> {
          int size = g.inChannels() * g.outChannels();
          float[][] totals = new float[size][f.frequencies()];
          float[][] sums = new float[size][f.frequencies()];
          int perRow = f.tiles(g.outWidth());
          int perImage = f.tiles(g.outHeight()) * perRow;
          int count = g.batch() * perImage;
          for (int t = 0; t < count; t++) {
            int top = t % perImage / perRow * f.tile();
            int left = t % perRow * f.tile();
            addProducts(x, gy, t / perImage, top, left, sums);
            if (t + 1 == count || (t + 1) % CHUNK == 0) {
              addChunk(sums, totals, t < CHUNK);
            }
          }
          for (int i = 0; i < size; i++) {
            float[] taps = weightGradient(totals[i]);
            for (int tap = 0; tap < 9; tap++) {
              gw.array()[gw.offset() + tap * size + i] = taps[tap];
            }
          }
        });
  }

  private void addProducts(
      HeapBuffer x, HeapBuffer gy, int image, int top, int left, float[][] sums) {
    float[][] v = transformed(x, image, top, left);
    for (int k = 0; k < g.outChannels(); k++) {
      float[] tile = new float[f.tile() * f.tile()];
      for (int i = 0; i < tile.length; i++) {
        int h = top + i / f.tile();
        int w = left + i % f.tile();
        if (h < g.outHeight() && w < g.outWidth()) {
          int pixel = (image * g.outHeight() + h) * g.outWidth() + w;
          tile[i] = gy.array()[gy.offset() + pixel * g.outChannels() + k];
        }
      }
      float[] d = gradient(tile);
      for (int c = 0; c < v.length; c++) {
        float[] sum = sums[c * g.outChannels() + k];
        for (int i = 0; i < sum.length; i++) {
          sum[i] = Math.fma(v[c][i], d[i], sum[i]);
        }
      }
    }
  }

  private static void addChunk(float[][] sums, float[][] totals, boolean first) {
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums[i].length; j++) {
        totals[i][j] = first ? sums[i][j] : totals[i][j] + sums[i][j];
      }
      Arrays.fill(sums[i], 0f);
    }
  }
}
