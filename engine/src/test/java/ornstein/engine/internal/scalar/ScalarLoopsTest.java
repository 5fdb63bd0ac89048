package ornstein.engine.internal.scalar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import ornstein.engine.internal.GivenCoefficients;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Unary;

/** The oracle itself, against definitions written independently. */
class ScalarLoopsTest {
  private static final float NAN = Float.NaN;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private final ScalarLoops loops = new ScalarLoops();

  private float[] unary(Unary f, float... x) {
    float[] y = new float[x.length];
    loops.unary(f, x, 0, y, 0, x.length);
    return y;
  }

  private float gradient(Unary f, float x, float gy) {
    float[] gx = new float[1];
    loops.unaryGradient(f, new float[] {x}, 0, new float[] {gy}, 0, gx, 0, 1);
    return gx[0];
  }

  private float binary(Binary f, float a, float b) {
    float[] y = new float[1];
    loops.binary(f, new float[] {a}, 0, 1, new float[] {b}, 0, 1, y, 0, 1);
    return y[0];
  }

  private static float[] gaussian(int n, long seed) {
    Random random = new Random(seed);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private static DoubleUnaryOperator exact(Unary f) {
    return switch (f) {
      case EXP -> StrictMath::exp;
      case LOG -> StrictMath::log;
      case SQRT -> StrictMath::sqrt;
      case RECIPROCAL -> x -> 1 / x;
      case SQUARE -> x -> x * x;
      case ABS -> Math::abs;
      case TANH -> StrictMath::tanh;
      case SIGMOID -> MathReference::sigmoid;
      case SILU -> MathReference::silu;
      case RELU -> x -> Math.max(x, 0);
      case GELU -> MathReference::gelu;
      case ERF -> MathReference::erf;
      case SOFTPLUS -> MathReference::softplus;
    };
  }

  /** Differences in double precision, so that their error is far below float32's. */
  @ParameterizedTest
  @EnumSource
  void functionsAndTheirDerivatives(Unary f) {
    DoubleUnaryOperator g = exact(f);
    boolean positive = f == Unary.LOG || f == Unary.SQRT;
    for (float x : gaussian(500, 3)) {
      float v = positive ? Math.abs(x) + 0.01f : x;
      assertEquals(g.applyAsDouble(v), unary(f, v)[0], 1e-6 * (1 + Math.abs(g.applyAsDouble(v))));
      double h = 1e-5 * Math.abs(v);
      double slope = (g.applyAsDouble(v + h) - g.applyAsDouble(v - h)) / (2 * h);
      assertEquals(3 * slope, gradient(f, v, 3f), 3e-6 * (1 + Math.abs(slope)));
    }
  }

  @Test
  void gradientsAtTheCorners() {
    assertEquals(0f, gradient(Unary.ABS, 0f, 5f));
    assertEquals(0f, gradient(Unary.RELU, 0f, 5f));
    assertEquals(0f, gradient(Unary.RELU, -0f, NAN));
    assertEquals(5f, gradient(Unary.RELU, Float.MIN_VALUE, 5f));
    assertEquals(INFINITY, gradient(Unary.SQRT, 0f, 1f));
    assertEquals(NAN, gradient(Unary.ABS, NAN, 1f));
  }

  @Test
  void functionsOfTwoArguments() {
    assertEquals(5f, binary(Binary.ADD, 2f, 3f));
    assertEquals(-1f, binary(Binary.SUBTRACT, 2f, 3f));
    assertEquals(6f, binary(Binary.MULTIPLY, 2f, 3f));
    assertEquals(2f / 3f, binary(Binary.DIVIDE, 2f, 3f));
    assertEquals(0f, binary(Binary.MAXIMUM, -0f, 0f));
    assertEquals(NAN, binary(Binary.MAXIMUM, NAN, 0f));
    assertEquals(NAN, binary(Binary.MAXIMUM, 0f, NAN));
    assertEquals(-0f, binary(Binary.MINIMUM, 0f, -0f));
    assertEquals(NAN, binary(Binary.MINIMUM, 1f, NAN));
    assertEquals(1f, binary(Binary.LESS, 2f, 3f));
    assertEquals(0f, binary(Binary.LESS, 3f, 3f));
    assertEquals(0f, binary(Binary.LESS, NAN, 3f));
    assertEquals(1f, binary(Binary.EQUAL, 0f, -0f));
    assertEquals(0f, binary(Binary.EQUAL, NAN, NAN));
  }

  @Test
  void aStrideOfZeroRepeatsTheElement() {
    float[] a = {9f, 1f, 2f, 3f};
    float[] y = new float[3];
    loops.binary(Binary.SUBTRACT, a, 1, 1, a, 0, 0, y, 0, 3);
    assertArrayEquals(new float[] {-8f, -7f, -6f}, y);
    loops.binary(Binary.SUBTRACT, a, 0, 0, a, 1, 1, y, 0, 3);
    assertArrayEquals(new float[] {8f, 7f, 6f}, y);
  }

  @Test
  void clampKeepsNotANumberAndItsGradientEndsAtTheBounds() {
    float[] x = {-2f, -1f, 0.5f, 1f, 1.5f, NAN};
    float[] y = new float[6];
    loops.clamp(-1f, 1f, x, 0, y, 0, 6);
    assertArrayEquals(new float[] {-1f, -1f, 0.5f, 1f, 1f, NAN}, y);
    loops.clampGradient(-1f, 1f, x, 0, new float[] {7f, 7f, 7f, 7f, 7f, 7f}, 0, y, 0, 6);
    assertArrayEquals(new float[] {0f, 7f, 7f, 7f, 0f, 0f}, y);
  }

  /** The sum of lanes j ≡ first mod {@code step}, halves first: the tree from its root. */
  private static float tree(float[] lanes, int first, int step) {
    return step == 16
        ? lanes[first]
        : tree(lanes, first, 2 * step) + tree(lanes, first + step, 2 * step);
  }

  @Test
  void reductionsAddSixteenLanesInATree() {
    for (int n : new int[] {0, 1, 15, 16, 17, 40, 1000}) {
      float[] x = gaussian(n, n);
      float[] y = gaussian(n, n + 1);
      float[] sums = new float[16];
      float[] dots = new float[16];
      float[] squares = new float[16];
      for (int j = 0; j < 16; j++) {
        for (int i = j; i < n; i += 16) {
          sums[j] += x[i];
          dots[j] = Math.fma(x[i], y[i], dots[j]);
          squares[j] = Math.fma(x[i] - 0.5f, x[i] - 0.5f, squares[j]);
        }
      }
      assertEquals(tree(sums, 0, 1), loops.sum(x, 0, n));
      assertEquals(tree(dots, 0, 1), loops.dot(x, 0, y, 0, n));
      assertEquals(tree(squares, 0, 1), loops.squaredDeviations(0.5f, x, 0, n));
      float[] e = new float[n];
      float total = loops.expSum(0.5f, 0.25f, x, 0, e, 0, n);
      for (int i = 0; i < n; i++) {
        assertEquals(ScalarMath.exp(Math.fma(0.5f, x[i], -0.25f)), e[i]);
      }
      assertEquals(loops.sum(e, 0, n), total);
    }
  }

  @Test
  void sumsStartFromPositiveZero() {
    float[] x = new float[32];
    Arrays.fill(x, -0f);
    assertEquals(0f, loops.sum(x, 0, 32));
    assertEquals(0f, loops.sum(x, 0, 0));
  }

  @Test
  void maximum() {
    assertEquals(3f, loops.max(new float[] {9f, -1f, 3f, 2f}, 1, 3));
    assertEquals(-INFINITY, loops.max(new float[] {-INFINITY}, 0, 1));
    assertEquals(0f, loops.max(new float[] {-0f, 0f, -0f}, 0, 3));
    assertEquals(NAN, loops.max(new float[] {1f, NAN, INFINITY}, 0, 3));
    float[] y = {1f, NAN, 2f};
    loops.maxInto(new float[] {2f, 1f, NAN}, 0, y, 0, 3);
    assertArrayEquals(new float[] {2f, NAN, NAN}, y);
  }

  @Test
  void rowsOfAMatrixWithGaps() {
    float[] x = {1f, 2f, 99f, 3f, 5f, 99f, 6f, 9f};
    float[] y = {10f, 20f};
    loops.addRows(x, 0, 3, 3, y, 0, 2);
    assertArrayEquals(new float[] {20f, 36f}, y);
    loops.addSquaredDeviations(x, 0, 3, 3, new float[] {3f, 5f}, 0, y, 0, 2);
    assertArrayEquals(new float[] {33f, 61f}, y);
    loops.addCentredProducts(x, 0, x, 0, 3, 3, new float[] {3f, 5f}, 0, y, 0, 2);
    assertArrayEquals(new float[] {49f, 91f}, y);
    float[] z = new float[8];
    loops.scaleShiftRows(x, 0, 3, 3, new float[] {2f, 3f}, 0, new float[] {1f, -1f}, 0, z, 0, 2);
    assertArrayEquals(new float[] {3f, 5f, 0f, 7f, 14f, 0f, 13f, 26f}, z);
    float[] p = {1f, 2f};
    float[] q = {10f, 20f};
    float[] s = {100f, 200f};
    float[] mean = {1f, 2f};
    loops.combineRows(x, 0, p, 0, z, 0, mean, 0, q, 0, s, 0, 3, 3, z, 0, 2);
    assertArrayEquals(new float[] {121f, 264f, 0f, 163f, 450f, 0f, 226f, 698f}, z);
  }

  @Test
  void affineLerpAndSoftmaxGradient() {
    float[] x = {1f, 2f};
    float[] y = new float[2];
    loops.affine(3f, -1f, x, 0, y, 0, 2);
    assertArrayEquals(new float[] {2f, 5f}, y);
    loops.lerp(0.25f, x, 0, y, 0, 2);
    assertArrayEquals(new float[] {1.75f, 4.25f}, y);
    loops.softmaxGradient(0.5f, x, 0, y, 0, y, 0, 2);
    assertArrayEquals(new float[] {1.25f, 7.5f}, y);
  }

  /** Kingma and Ba, algorithm 1, and Loshchilov and Hutter, algorithm 2, in double precision. */
  @Test
  void adamAgreesWithItsDefinition() {
    int n = 50;
    float[] g = gaussian(n, 1);
    float[] p = gaussian(n, 2);
    float[] m = gaussian(n, 3);
    float[] v = unary(Unary.SQUARE, gaussian(n, 4));
    double beta1 = 0.9;
    double beta2 = 0.999;
    int t = 7;
    double rate = 0.01;
    double step = rate / (1 - StrictMath.pow(beta1, t));
    double correction = 1 / StrictMath.sqrt(1 - StrictMath.pow(beta2, t));
    double decay = 1 - rate * 0.1;
    double[][] expected = new double[n][];
    for (int i = 0; i < n; i++) {
      double gradient = 0.5 * g[i] + 0.02 * p[i];
      double first = beta1 * m[i] + (1 - beta1) * gradient;
      double second = beta2 * v[i] + (1 - beta2) * gradient * gradient;
      double root = StrictMath.sqrt(second / (1 - StrictMath.pow(beta2, t))) + 1e-8;
      double mean = first / (1 - StrictMath.pow(beta1, t));
      expected[i] = new double[] {decay * p[i] - rate * mean / root, first, second};
    }
    loops.adam(
        GivenCoefficients.of(
            0.5f,
            0.9f,
            0.1f,
            0.999f,
            0.001f,
            1e-8f,
            (float) step,
            (float) correction,
            (float) decay,
            0.02f),
        g,
        0,
        p,
        0,
        m,
        0,
        v,
        0,
        n);
    for (int i = 0; i < n; i++) {
      assertEquals(expected[i][0], p[i], 1e-6);
      assertEquals(expected[i][1], m[i], 1e-6);
      assertEquals(expected[i][2], v[i], 1e-6);
      assertTrue(v[i] > 0);
    }
  }
}
