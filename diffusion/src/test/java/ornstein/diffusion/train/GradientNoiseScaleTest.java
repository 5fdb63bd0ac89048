package ornstein.diffusion.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import ornstein.engine.Rng;
import ornstein.engine.Shape;

/** Row 25: on a quadratic whose gradient and noise are known. */
class GradientNoiseScaleTest {

  /** Gradients of ½|w − x|² at w = (2, 1, 0) with x ~ N(0, diag(1, 4, 9)): G = w, tr Σ = 14. */
  @Test
  void itIsRightOnAQuadratic() {
    GradientNoiseScale scale = new GradientNoiseScale(2, 16, 0.999);
    double[] w = {2, 1, 0};
    double[] deviations = {1, 2, 3};
    int runs = 8000;
    float[] z = Rng.of(1).normal(Shape.of(runs, 18, 3)).toArray();
    for (int r = 0; r < runs; r++) {
      double[] squares = new double[2];
      int at = r * 18;
      for (int part = 0; part < 2; part++) {
        int n = part == 0 ? 2 : 16;
        for (int d = 0; d < 3; d++) {
          double mean = 0;
          for (int i = 0; i < n; i++) {
            mean += (w[d] - deviations[d] * z[(at + i) * 3 + d]) / n;
          }
          squares[part] += mean * mean;
        }
        at += n;
      }
      scale.add(squares[0], squares[1]);
    }
    // Averages over some 2000 estimates, each off by its own size.
    assertEquals(5, scale.signal(), 0.6);
    assertEquals(14, scale.noise(), 1.6);
    assertEquals(2.8, scale.scale(), 0.5);
  }

  @Test
  void exactNormsGiveTheExactScale() {
    GradientNoiseScale scale = new GradientNoiseScale(1, 4, 0.9);
    for (int i = 0; i < 3; i++) {
      scale.add(5 + 14, 5 + 14 / 4.0);
    }
    assertEquals(5, scale.signal(), 1e-12);
    assertEquals(14, scale.noise(), 1e-12);
    assertEquals(2.8, scale.scale(), 1e-12);
  }

  @Test
  void batchSizesMustDiffer() {
    assertThrows(IllegalArgumentException.class, () -> new GradientNoiseScale(4, 4, 0.9));
    assertThrows(IllegalArgumentException.class, () -> new GradientNoiseScale(0, 4, 0.9));
    assertThrows(IllegalArgumentException.class, () -> new GradientNoiseScale(1, 4, 1));
  }
}
