package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.fromArray;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import ornstein.engine.internal.HeapBuffer;

/**
 * What is added to the output of a convolution: first the bias, then the residual.
 *
 * @param bias one value per channel, or null
 * @param residual as large as the output, or null
 */
record Epilogue(@Nullable HeapBuffer bias, @Nullable HeapBuffer residual) {
  static final Epilogue NONE = new Epilogue(null, null);

  /**
   * Writes channels {@code channel … channel + n} of some pixels, {@code step} elements apart in x
   * and {@code channels} apart in y, the first of them at y + at; x may be y itself, at the same
   * place.
   */
  void store(
      float[] x,
      int xo,
      int step,
      HeapBuffer y,
      int at,
      int channels,
      int pixels,
      int channel,
      int n) {
    float[] to = y.array();
    int yo = y.offset() + at;
    if (bias == null) {
      copy(x, xo, step, to, yo, channels, pixels, n);
    } else if (residual == null) {
      float[] b = bias.array();
      addBias(x, xo, step, b, bias.offset() + channel, to, yo, channels, pixels, n);
    } else {
      float[] b = bias.array();
      addBoth(
          x,
          xo,
          step,
          b,
          bias.offset() + channel,
          residual.array(),
          residual.offset() + at,
          to,
          yo,
          channels,
          pixels,
          n);
      return;
    }
    if (residual != null) {
      for (int p = 0; p < pixels; p++) {
        int row = p * channels;
        addTo(residual.array(), residual.offset() + at + row, to, yo + row, n);
      }
    }
  }

  private static void copy(
      float[] x, int xo, int step, float[] y, int yo, int channels, int pixels, int n) {
    for (int p = 0; p < pixels; p++) {
      RowBlock.copy(x, xo + p * step, y, yo + p * channels, n);
    }
  }

  private static void addBias(
      float[] x,
      int xo,
      int step,
      float[] bias,
      int bo,
      float[] y,
      int yo,
      int channels,
      int pixels,
      int n) {
    int end = SPECIES.loopBound(n);
    for (int p = 0; p < pixels; p++) {
      int from = xo + p * step;
      int to = yo + p * channels;
      for (int i = 0; i < end; i += LENGTH) {
        FloatVector b = fromArray(SPECIES, bias, bo + i);
        fromArray(SPECIES, x, from + i).add(b).intoArray(y, to + i);
      }
      for (int i = end; i < n; i++) {
        y[to + i] = x[from + i] + bias[bo + i];
      }
    }
  }

  private static void addBoth(
      float[] x,
      int xo,
      int step,
      float[] bias,
      int bo,
      float[] residual,
      int ro,
      float[] y,
      int yo,
      int channels,
      int pixels,
      int n) {
    int end = SPECIES.loopBound(n);
    for (int p = 0; p < pixels; p++) {
      int from = xo + p * step;
      int row = p * channels;
      for (int i = 0; i < end; i += LENGTH) {
        FloatVector b = fromArray(SPECIES, bias, bo + i);
        FloatVector r = fromArray(SPECIES, residual, ro + row + i);
        fromArray(SPECIES, x, from + i).add(b).add(r).intoArray(y, yo + row + i);
      }
      for (int i = end; i < n; i++) {
        y[yo + row + i] = x[from + i] + bias[bo + i] + residual[ro + row + i];
      }
    }
  }

  private static void addTo(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      fromArray(SPECIES, y, yo + i).add(fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
    for (int i = end; i < n; i++) {
      y[yo + i] += x[xo + i];
    }
  }
}
