package ornstein.engine.internal.vector;

import static jdk.incubator.vector.FloatVector.fromArray;
import static ornstein.engine.internal.vector.VectorWidth.LENGTH;
import static ornstein.engine.internal.vector.VectorWidth.SPECIES;

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

  /** Finishes channels {@code channel … channel + n} of a pixel, which lie at y + at. */
  void apply(HeapBuffer y, int at, int channel, int n) {
    if (bias != null) {
      add(bias.array(), bias.offset() + channel, y.array(), y.offset() + at, n);
    }
    if (residual != null) {
      add(residual.array(), residual.offset() + at, y.array(), y.offset() + at, n);
    }
  }

  private static void add(float[] x, int xo, float[] y, int yo, int n) {
    int end = SPECIES.loopBound(n);
    for (int i = 0; i < end; i += LENGTH) {
      fromArray(SPECIES, y, yo + i).add(fromArray(SPECIES, x, xo + i)).intoArray(y, yo + i);
    }
    for (int i = end; i < n; i++) {
      y[yo + i] += x[xo + i];
    }
  }
}
