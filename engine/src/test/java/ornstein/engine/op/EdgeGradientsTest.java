package ornstein.engine.op;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import ornstein.engine.Functional;
import ornstein.engine.Rng;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Unary;

/** Gradients where differences do not reach: ties, bounds, kinks, and means far from zero. */
class EdgeGradientsTest {
  private static Tensor leaf(float... values) {
    return Tensor.of(values).requiresGrad();
  }

  private static void assertGradients(Tensor result, Tensor leaf, float... expected) {
    assertArrayEquals(expected, result.sum().backward().get(leaf).toArray());
  }

  @Test
  void tiesOfMaximumAndMinimumAreSplit() {
    Tensor a = leaf(1, 2, 3);
    Tensor b = leaf(1, 3, 2);
    assertGradients(a.apply(Binary.MAXIMUM, b), a, 0.5f, 0, 1);
    assertGradients(a.apply(Binary.MAXIMUM, b), b, 0.5f, 1, 0);
    assertGradients(a.apply(Binary.MINIMUM, b), a, 0.5f, 1, 0);
    assertGradients(a.apply(Binary.MINIMUM, b), b, 0.5f, 0, 1);
  }

  @Test
  void equalMaximaShareTheGradient() {
    Tensor a = leaf(2, 1, 2, 2);
    assertGradients(a.max(), a, 1 / 3f, 0, 1 / 3f, 1 / 3f);
  }

  @Test
  void boundsOfAClampPassTheGradient() {
    Tensor a = leaf(-1, 1, -1.5f, 1.5f, Float.NaN);
    assertGradients(a.clamp(-1, 1), a, 1, 1, 0, 0, 0);
  }

  @Test
  void kinksHaveTheDocumentedSlopes() {
    Tensor a = leaf(0, 2, -2);
    assertGradients(a.apply(Unary.RELU), a, 0, 1, 0);
    assertGradients(a.apply(Unary.ABS), a, 0, 1, -1);
  }

  @Test
  void comparisonsHaveNoSlope() {
    Tensor a = leaf(1, 2, 3);
    assertGradients(a.apply(Binary.LESS, Tensor.scalar(2)).mul(5f), a, 0, 0, 0);
  }

  /**
   * Against float64, with a mean a thousand times the deviation. The upstream gradient sums to 0,
   * so that the unavoidable rounding of the mean itself drops out; Σ gy · x − mean · Σ gy would be
   * off by 1e-2 here.
   */
  @Test
  void groupNormSurvivesALargeMean() {
    int n = 400;
    float[] x = Rng.of(1).normal(Shape.of(1, n, 1)).add(1000f).toArray();
    Tensor draw = Rng.of(2).normal(Shape.of(1, n, 1));
    float[] gy = draw.sub(draw.mean()).toArray();
    Tensor weight = leaf(1.5f);
    Tensor input = Tensor.of(x, 1, n, 1).requiresGrad();
    Gradients g =
        Functional.groupNorm(input, 1, weight, leaf(0.5f), null, 1e-5f, null)
            .backward(Tensor.of(gy, 1, n, 1));

    double mean = 0;
    for (float v : x) {
      mean += v / (double) n;
    }
    double variance = 0;
    for (float v : x) {
      variance += (v - mean) * (v - mean) / n;
    }
    double r = 1 / Math.sqrt(variance + 1e-5);
    double sumA = 0;
    double sumB = 0;
    for (int i = 0; i < n; i++) {
      sumA += gy[i];
      sumB += gy[i] * (x[i] - mean) * r;
    }
    assertClose(sumB, g.get(weight).item(), 1e-4);
    float[] gx = g.get(input).toArray();
    for (int i = 0; i < n; i++) {
      double xhat = (x[i] - mean) * r;
      double expected = 1.5 * r * (gy[i] - sumA / n - xhat * sumB / n);
      assertClose(expected, gx[i], 1e-4);
    }
  }

  private static void assertClose(double expected, double actual, double bound) {
    assertTrue(Math.abs(expected - actual) <= bound, expected + " and " + actual + " ± " + bound);
  }
}
