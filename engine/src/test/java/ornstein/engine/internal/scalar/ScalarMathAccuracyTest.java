package ornstein.engine.internal.scalar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import ornstein.engine.internal.scalar.MathReference.FloatFunction;

/** Errors against double precision over a dense sweep of the floats, and special arguments. */
class ScalarMathAccuracyTest {
  private static final int STRIDE = 997;
  private static final float MAX = Float.MAX_VALUE;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  private static void assertUlps(
      double limit, FloatFunction f, DoubleUnaryOperator exact, float low, float high) {
    double ulps = MathReference.largestUlps(f, exact, low, high, STRIDE);
    assertTrue(ulps <= limit, ulps + " ulp");
    assertTrue(ulps >= 0.5, "no sweep has so small an error: " + ulps + " ulp");
  }

  private static void assertError(
      double limit, FloatFunction f, DoubleUnaryOperator exact, float low, float high) {
    double error = MathReference.largestError(f, exact, low, high, STRIDE);
    assertTrue(error <= limit, "error " + error);
    assertTrue(error > 0, "no sweep is without error");
  }

  @Test
  void theReferenceErrorFunctionHasItsTabulatedValues() {
    // Abramowitz and Stegun, tables 7.1 and 7.3
    assertEquals(0.5204998778130465, MathReference.erf(0.5), 1e-15);
    assertEquals(0.8427007929497149, MathReference.erf(1), 1e-15);
    assertEquals(-0.9953222650189527, MathReference.erf(-2), 1e-15);
    assertEquals(1.541725790028002e-8, MathReference.erfc(4), 1e-21);
    assertEquals(1.537459794428035e-12, MathReference.erfc(5), 1e-25);
    double below = MathReference.erfc(Math.nextDown(3.0));
    assertEquals(1, MathReference.erfc(3) / below, 1e-10);
  }

  @Test
  void exp() {
    assertUlps(0.95, ScalarMath::exp, StrictMath::exp, -110, 90);
  }

  @Test
  void expOfNegativeHasTheBitsOfExp() {
    for (float x = -0f; x > -120; x = Math.nextDown(x - 1e-4f)) {
      assertEquals(ScalarMath.exp(x), ScalarMath.expOfNegative(x));
    }
    assertEquals(0f, ScalarMath.expOfNegative(-INFINITY));
  }

  @Test
  void log() {
    assertUlps(0.95, ScalarMath::log, StrictMath::log, Float.MIN_VALUE, MAX);
  }

  @Test
  void tanh() {
    assertUlps(2.6, ScalarMath::tanh, StrictMath::tanh, -MAX, MAX);
    assertError(2e-7, ScalarMath::tanhDerivative, MathReference::tanhDerivative, -30, 30);
  }

  @Test
  void sigmoid() {
    assertUlps(2.4, ScalarMath::sigmoid, MathReference::sigmoid, -MAX, MAX);
    assertUlps(4.2, ScalarMath::sigmoidDerivative, MathReference::sigmoidDerivative, -110, 110);
  }

  @Test
  void silu() {
    assertUlps(3.3, ScalarMath::silu, MathReference::silu, -87, MAX);
    assertError(2e-43, ScalarMath::silu, MathReference::silu, -MAX, -87);
    assertError(2e-7, ScalarMath::siluDerivative, MathReference::siluDerivative, -110, 110);
  }

  @Test
  void erf() {
    assertUlps(1.2, ScalarMath::erf, MathReference::erf, -MAX, MAX);
    assertError(2e-7, ScalarMath::erfDerivative, MathReference::erfDerivative, -30, 30);
  }

  @Test
  void gelu() {
    assertUlps(2.7, ScalarMath::gelu, MathReference::gelu, -1, MAX);
    DoubleUnaryOperator ratio = x -> ScalarMath.gelu((float) x) / MathReference.gelu((float) x);
    for (double x = -5.65; x < -1; x += 1e-4) {
      assertEquals(1, ratio.applyAsDouble(x), 1.2e-5);
    }
    assertError(1e-9, ScalarMath::gelu, MathReference::gelu, -30, -5.65f);
    assertError(2e-7, ScalarMath::geluDerivative, MathReference::geluDerivative, -30, 30);
  }

  @Test
  void softplus() {
    assertUlps(3, ScalarMath::softplus, MathReference::softplus, -MAX, MAX);
  }

  private static void assertValue(float expected, float value) {
    assertEquals(Float.floatToIntBits(expected), Float.floatToIntBits(value), "" + value);
  }

  @Test
  void notANumberStaysNotANumber() {
    FloatFunction[] all = {
      ScalarMath::exp,
      ScalarMath::log,
      ScalarMath::sqrt,
      ScalarMath::tanh,
      ScalarMath::tanhDerivative,
      ScalarMath::sigmoid,
      ScalarMath::sigmoidDerivative,
      ScalarMath::silu,
      ScalarMath::siluDerivative,
      ScalarMath::relu,
      ScalarMath::erf,
      ScalarMath::erfDerivative,
      ScalarMath::gelu,
      ScalarMath::geluDerivative,
      ScalarMath::softplus,
      ScalarMath::sign
    };
    for (int i = 0; i < all.length; i++) {
      assertValue(Float.NaN, all[i].apply(Float.NaN));
      assertValue(Float.NaN, all[i].apply(Float.intBitsToFloat(0xffc12345)));
    }
  }

  @Test
  void infinities() {
    assertValue(INFINITY, ScalarMath.exp(INFINITY));
    assertValue(0f, ScalarMath.exp(-INFINITY));
    assertValue(INFINITY, ScalarMath.log(INFINITY));
    assertValue(Float.NaN, ScalarMath.log(-INFINITY));
    assertValue(1f, ScalarMath.tanh(INFINITY));
    assertValue(-1f, ScalarMath.tanh(-INFINITY));
    assertValue(0f, ScalarMath.tanhDerivative(-INFINITY));
    assertValue(1f, ScalarMath.sigmoid(INFINITY));
    assertValue(0f, ScalarMath.sigmoid(-INFINITY));
    assertValue(0f, ScalarMath.sigmoidDerivative(INFINITY));
    assertValue(INFINITY, ScalarMath.silu(INFINITY));
    assertValue(Float.NaN, ScalarMath.silu(-INFINITY));
    assertValue(INFINITY, ScalarMath.relu(INFINITY));
    assertValue(0f, ScalarMath.relu(-INFINITY));
    assertValue(1f, ScalarMath.erf(INFINITY));
    assertValue(-1f, ScalarMath.erf(-INFINITY));
    assertValue(0f, ScalarMath.erfDerivative(INFINITY));
    assertValue(INFINITY, ScalarMath.gelu(INFINITY));
    assertValue(Float.NaN, ScalarMath.gelu(-INFINITY));
    assertValue(INFINITY, ScalarMath.softplus(INFINITY));
    assertValue(0f, ScalarMath.softplus(-INFINITY));
  }

  @Test
  void zerosAndSigns() {
    assertValue(1f, ScalarMath.exp(0f));
    assertValue(1f, ScalarMath.exp(-0f));
    assertValue(-INFINITY, ScalarMath.log(0f));
    assertValue(-INFINITY, ScalarMath.log(-0f));
    assertValue(Float.NaN, ScalarMath.log(-Float.MIN_VALUE));
    assertValue(0f, ScalarMath.log(1f));
    assertValue(-0f, ScalarMath.sqrt(-0f));
    assertValue(-0f, ScalarMath.tanh(-0f));
    assertValue(-0f, ScalarMath.erf(-0f));
    assertValue(0f, ScalarMath.erf(0f));
    assertValue(0.5f, ScalarMath.sigmoid(-0f));
    assertValue(0.25f, ScalarMath.sigmoidDerivative(0f));
    assertValue(0.5f, ScalarMath.siluDerivative(0f));
    assertValue(0.5f, ScalarMath.geluDerivative(0f));
    assertValue(0f, ScalarMath.relu(-0f));
    assertValue(0f, ScalarMath.sign(0f));
    assertValue(-0f, ScalarMath.sign(-0f));
    assertValue(-1f, ScalarMath.sign(-Float.MIN_VALUE));
  }

  @Test
  void limitsOfTheRange() {
    assertValue(INFINITY, ScalarMath.exp(88.72284f)); // the least float above log(Float.MAX_VALUE)
    assertTrue(ScalarMath.exp(Math.nextDown(88.72284f)) < INFINITY);
    assertValue(Float.MIN_VALUE, ScalarMath.exp(-103.2789f)); // log 2⁻¹⁴⁹
    assertValue(0f, ScalarMath.exp(-103.98f));
    assertValue(Float.MIN_VALUE, ScalarMath.tanh(Float.MIN_VALUE));
    assertValue(Float.MIN_VALUE, ScalarMath.erf(Float.MIN_VALUE));
    assertValue((float) StrictMath.log(Float.MIN_VALUE), ScalarMath.log(Float.MIN_VALUE));
    assertValue(1f, ScalarMath.sigmoid(MAX));
    assertValue(0f, ScalarMath.sigmoid(-MAX));
    assertValue(MAX, ScalarMath.softplus(MAX));
    assertValue(MAX, ScalarMath.gelu(MAX));
    assertValue(-0f, ScalarMath.silu(-MAX));
  }
}
