package ornstein.engine.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;

class SinusoidTest {
  /** The nearest float32 numbers to sine and cosine of the rounded phase, in all quarters. */
  @Test
  void isTheRoundedSineAndCosine() {
    int dim = 64;
    for (float t : new float[] {0f, 0.5f, 1f, 2f, 37.25f, 999f, 1000f, 3999f}) {
      float[] y = Functional.timestepEmbedding(Tensor.of(new float[] {t}), dim).toArray();
      for (int i = 0; i < dim / 2; i++) {
        float frequency = (float) StrictMath.exp(-StrictMath.log(10_000f) * i / (dim / 2.0));
        float phase = t * frequency;
        assertEquals((float) StrictMath.cos(phase), y[i], t + ", cosine " + i);
        assertEquals((float) StrictMath.sin(phase), y[dim / 2 + i], t + ", sine " + i);
      }
    }
  }
}
