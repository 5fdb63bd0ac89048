package ornstein.engine.internal.scalar;

import static ornstein.engine.internal.Polynomials.BIASED_ROUNDER;
import static ornstein.engine.internal.Polynomials.ERFC_0;
import static ornstein.engine.internal.Polynomials.ERFC_1;
import static ornstein.engine.internal.Polynomials.ERFC_2;
import static ornstein.engine.internal.Polynomials.ERFC_3;
import static ornstein.engine.internal.Polynomials.ERFC_4;
import static ornstein.engine.internal.Polynomials.ERFC_5;
import static ornstein.engine.internal.Polynomials.ERFC_6;
import static ornstein.engine.internal.Polynomials.ERFC_7;
import static ornstein.engine.internal.Polynomials.ERFC_8;
import static ornstein.engine.internal.Polynomials.ERFC_9;
import static ornstein.engine.internal.Polynomials.ERFC_HIGHEST;
import static ornstein.engine.internal.Polynomials.ERFC_MIDDLE;
import static ornstein.engine.internal.Polynomials.ERF_1;
import static ornstein.engine.internal.Polynomials.ERF_11;
import static ornstein.engine.internal.Polynomials.ERF_13;
import static ornstein.engine.internal.Polynomials.ERF_3;
import static ornstein.engine.internal.Polynomials.ERF_5;
import static ornstein.engine.internal.Polynomials.ERF_7;
import static ornstein.engine.internal.Polynomials.ERF_9;
import static ornstein.engine.internal.Polynomials.ERF_JOINT;
import static ornstein.engine.internal.Polynomials.ERF_SLOPE;
import static ornstein.engine.internal.Polynomials.EXP_2;
import static ornstein.engine.internal.Polynomials.EXP_3;
import static ornstein.engine.internal.Polynomials.EXP_4;
import static ornstein.engine.internal.Polynomials.EXP_5;
import static ornstein.engine.internal.Polynomials.EXP_6;
import static ornstein.engine.internal.Polynomials.EXP_FLOOR;
import static ornstein.engine.internal.Polynomials.EXP_HIGHEST;
import static ornstein.engine.internal.Polynomials.EXP_LOWEST;
import static ornstein.engine.internal.Polynomials.LIFTED_ROUNDER;
import static ornstein.engine.internal.Polynomials.LN2;
import static ornstein.engine.internal.Polynomials.LN2_HIGH;
import static ornstein.engine.internal.Polynomials.LN2_LOW;
import static ornstein.engine.internal.Polynomials.LOG1P_3;
import static ornstein.engine.internal.Polynomials.LOG1P_5;
import static ornstein.engine.internal.Polynomials.LOG1P_7;
import static ornstein.engine.internal.Polynomials.LOG1P_9;
import static ornstein.engine.internal.Polynomials.LOG2_E;
import static ornstein.engine.internal.Polynomials.LOG_10;
import static ornstein.engine.internal.Polynomials.LOG_2;
import static ornstein.engine.internal.Polynomials.LOG_3;
import static ornstein.engine.internal.Polynomials.LOG_4;
import static ornstein.engine.internal.Polynomials.LOG_5;
import static ornstein.engine.internal.Polynomials.LOG_6;
import static ornstein.engine.internal.Polynomials.LOG_7;
import static ornstein.engine.internal.Polynomials.LOG_8;
import static ornstein.engine.internal.Polynomials.LOG_9;
import static ornstein.engine.internal.Polynomials.LOWER;
import static ornstein.engine.internal.Polynomials.NORMAL_PEAK;
import static ornstein.engine.internal.Polynomials.ROOT_HALF;
import static ornstein.engine.internal.Polynomials.ROUNDER;
import static ornstein.engine.internal.Polynomials.TANH_HIGHEST;
import static ornstein.engine.internal.Polynomials.TWO_THIRDS_BITS;

/**
 * Elementary functions of float32 by polynomials, in a fixed order of operations that the vector
 * evaluation repeats: every argument gives the same bits in both. All accept any argument; NaN
 * gives NaN. The errors stated are the largest found, in units in the last place of the exact
 * result.
 */
public final class ScalarMath {
  private ScalarMath() {}

  /**
   * e<sup>x</sup>, within 0.95 ulp; subnormal results are rounded once.
   *
   * @param x argument
   * @return the power, 0 at −∞, ∞ at ∞
   */
  public static float exp(float x) {
    float c = x < EXP_LOWEST ? EXP_LOWEST : x > EXP_HIGHEST ? EXP_HIGHEST : x;
    float shifted = Math.fma(c, LOG2_E, ROUNDER);
    float power = expOfRemainder(remainder(c, shifted - ROUNDER));
    // 2ⁿ in two factors, since n runs from −150 to 128.
    int n = Float.floatToRawIntBits(shifted) - Float.floatToRawIntBits(ROUNDER);
    int half = n >> 1;
    return power * powerOfTwo(half) * powerOfTwo(n - half);
  }

  /**
   * The bits of exp(max(x, EXP_FLOOR)) for x ≤ 0 or NaN, with fewer operations: the result is a
   * normal number.
   */
  public static float flooredExp(float x) {
    float c = x < EXP_FLOOR ? EXP_FLOOR : x;
    float shifted = Math.fma(c, LOG2_E, BIASED_ROUNDER);
    return expOfRemainder(remainder(c, shifted - BIASED_ROUNDER)) * exponentOf(shifted);
  }

  /** The bits of exp(x) for x ≤ 0 or NaN, with fewer operations. */
  static float expOfNegative(float x) {
    float c = x < EXP_LOWEST ? EXP_LOWEST : x;
    float shifted = Math.fma(c, LOG2_E, LIFTED_ROUNDER);
    float power = expOfRemainder(remainder(c, shifted - LIFTED_ROUNDER));
    return power * exponentOf(shifted) * LOWER;
  }

  private static float remainder(float x, float n) {
    return Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
  }

  private static float expOfRemainder(float r) {
    return Math.fma(Math.fma(expTail(r), r, 1f), r, 1f);
  }

  /** (e<sup>r</sup> − 1 − r) / r². */
  private static float expTail(float r) {
    float p = Math.fma(EXP_6, r, EXP_5);
    p = Math.fma(p, r, EXP_4);
    p = Math.fma(p, r, EXP_3);
    return Math.fma(p, r, EXP_2);
  }

  private static float powerOfTwo(int n) {
    return Float.intBitsToFloat((n + 127) << 23);
  }

  /** The power of two whose biased exponent the low bits of a rounder's sum hold. */
  private static float exponentOf(float shifted) {
    return Float.intBitsToFloat(Float.floatToRawIntBits(shifted) << 23);
  }

  /**
   * Natural logarithm, within 0.95 ulp.
   *
   * @param x argument
   * @return the logarithm; −∞ at ±0, NaN below
   */
  public static float log(float x) {
    if (!(x < Float.POSITIVE_INFINITY)) {
      return x;
    }
    if (x <= 0f) {
      return x < 0f ? Float.NaN : Float.NEGATIVE_INFINITY;
    }
    boolean subnormal = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(subnormal ? x * 0x1p23f : x);
    int exponent = (bits - TWO_THIRDS_BITS) >> 23;
    float f = Float.intBitsToFloat(bits - (exponent << 23)) - 1f;
    float p = Math.fma(LOG_10, f, LOG_9);
    p = Math.fma(p, f, LOG_8);
    p = Math.fma(p, f, LOG_7);
    p = Math.fma(p, f, LOG_6);
    p = Math.fma(p, f, LOG_5);
    p = Math.fma(p, f, LOG_4);
    p = Math.fma(p, f, LOG_3);
    p = Math.fma(p, f, LOG_2);
    float n = exponent + (subnormal ? -23f : 0f);
    return Math.fma(n, LN2, Math.fma(p, f * f, f));
  }

  /**
   * Square root, correctly rounded.
   *
   * @param x argument
   * @return the root; −0 at −0, NaN below
   */
  public static float sqrt(float x) {
    return (float) Math.sqrt(x); // double has digits enough that rounding twice does no harm
  }

  /**
   * Hyperbolic tangent, within 2.6 ulp, as (e<sup>2|x|</sup> − 1) / (e<sup>2|x|</sup> + 1).
   *
   * @param x argument
   * @return the tangent, odd in x
   */
  public static float tanh(float x) {
    float a = Math.abs(x);
    float c = a > TANH_HIGHEST ? TANH_HIGHEST : a;
    float twice = c + c;
    float shifted = Math.fma(twice, LOG2_E, BIASED_ROUNDER);
    float r = remainder(twice, shifted - BIASED_ROUNDER);
    float scale = exponentOf(shifted);
    float minusOne = Math.fma(scale, Math.fma(expTail(r), r * r, r), scale - 1f);
    return withSignOf(x, minusOne / (minusOne + 2f));
  }

  /** The magnitude, which is not negative, with the sign of another number. */
  private static float withSignOf(float sign, float magnitude) {
    int signBit = Float.floatToRawIntBits(sign) & Integer.MIN_VALUE;
    return Float.intBitsToFloat(signBit | Float.floatToRawIntBits(magnitude));
  }

  /**
   * Derivative of the hyperbolic tangent, 1 − tanh² x.
   *
   * @param x argument
   * @return the slope
   */
  public static float tanhDerivative(float x) {
    float t = tanh(x);
    return Math.fma(-t, t, 1f);
  }

  /**
   * Logistic function 1 / (1 + e<sup>−x</sup>), within 2.4 ulp.
   *
   * @param x argument
   * @return a number in [0, 1]
   */
  public static float sigmoid(float x) {
    float e = expOfNegative(-Math.abs(x));
    return (x < 0f ? e : 1f) / (1f + e);
  }

  /**
   * Derivative of the logistic function, e<sup>−|x|</sup> / (1 + e<sup>−|x|</sup>)², within 4.2
   * ulp.
   *
   * @param x argument
   * @return the slope, in [0, ¼]
   */
  public static float sigmoidDerivative(float x) {
    float e = expOfNegative(-Math.abs(x));
    float d = 1f + e;
    return e / (d * d);
  }

  /**
   * x · sigmoid(x), within 3.3 ulp for x ≥ −87, below which the factor sigmoid(x) is subnormal.
   *
   * @param x argument
   * @return the product; NaN at −∞, as −∞ · 0
   */
  public static float silu(float x) {
    return x * sigmoid(x);
  }

  /**
   * Derivative of {@link #silu}: s + x · s′ with the logistic function s.
   *
   * @param x argument
   * @return the slope; NaN at ±∞, as ∞ · 0
   */
  public static float siluDerivative(float x) {
    float e = expOfNegative(-Math.abs(x));
    float d = 1f + e;
    return Math.fma(x, e / (d * d), (x < 0f ? e : 1f) / d);
  }

  /**
   * max(x, 0), with +0 for −0.
   *
   * @param x argument
   * @return the larger
   */
  public static float relu(float x) {
    return x <= 0f ? 0f : x;
  }

  /**
   * The error function, within 1.2 ulp.
   *
   * @param x argument
   * @return a number in [−1, 1], odd in x
   */
  public static float erf(float x) {
    float a = Math.abs(x);
    float away = Math.fma(-expOfNegative(-(a * a)), erfcPolynomial(a), 1f);
    return withSignOf(x, a < ERF_JOINT ? erfNearZero(a) : away);
  }

  private static float erfNearZero(float a) {
    float z = a * a;
    float p = Math.fma(ERF_13, z, ERF_11);
    p = Math.fma(p, z, ERF_9);
    p = Math.fma(p, z, ERF_7);
    p = Math.fma(p, z, ERF_5);
    p = Math.fma(p, z, ERF_3);
    p = Math.fma(p, z, ERF_1);
    return Math.fma(p, a, a);
  }

  /** e<sup>a²</sup> · (1 − erf a), held constant from 4 on, where erf rounds to 1. */
  private static float erfcPolynomial(float a) {
    float c = (a > ERFC_HIGHEST ? ERFC_HIGHEST : a) - ERFC_MIDDLE;
    float p = Math.fma(ERFC_9, c, ERFC_8);
    p = Math.fma(p, c, ERFC_7);
    p = Math.fma(p, c, ERFC_6);
    p = Math.fma(p, c, ERFC_5);
    p = Math.fma(p, c, ERFC_4);
    p = Math.fma(p, c, ERFC_3);
    p = Math.fma(p, c, ERFC_2);
    p = Math.fma(p, c, ERFC_1);
    return Math.fma(p, c, ERFC_0);
  }

  /**
   * Derivative of the error function, 2/√π · e<sup>−x²</sup>.
   *
   * @param x argument
   * @return the slope
   */
  public static float erfDerivative(float x) {
    return ERF_SLOPE * expOfNegative(-(x * x));
  }

  /**
   * x · Φ(x) with the normal distribution function Φ = (1 + erf(x/√2)) / 2, within 2.7 ulp for x ≥
   * −1, relative error below 1.2e−5 down to −5.65, absolute error below 1e−9 beyond.
   *
   * @param x argument
   * @return the product; NaN at −∞, as −∞ · 0
   */
  public static float gelu(float x) {
    float a = Math.abs(x) * ROOT_HALF;
    return x * normalDistribution(x, a, expOfNegative(-(a * a)));
  }

  /** Φ(x) from a = |x|/√2 and e<sup>−a²</sup>, without cancellation in the left tail. */
  private static float normalDistribution(float x, float a, float power) {
    float near = Math.fma(0.5f, withSignOf(x, erfNearZero(a)), 0.5f);
    float tail = 0.5f * power * erfcPolynomial(a);
    return a < ERF_JOINT ? near : x < 0f ? tail : 1f - tail;
  }

  /**
   * Derivative of {@link #gelu}: Φ(x) + x · φ(x) with the normal density φ.
   *
   * @param x argument
   * @return the slope; NaN at ±∞, as ∞ · 0
   */
  public static float geluDerivative(float x) {
    float a = Math.abs(x) * ROOT_HALF;
    float power = expOfNegative(-(a * a));
    return Math.fma(x, NORMAL_PEAK * power, normalDistribution(x, a, power));
  }

  /**
   * log(1 + e<sup>x</sup>) as max(x, 0) + log(1 + e<sup>−|x|</sup>), within 3 ulp. Its derivative
   * is {@link #sigmoid}.
   *
   * @param x argument
   * @return a number ≥ 0
   */
  public static float softplus(float x) {
    float t = expOfNegative(-Math.abs(x));
    float s = (t + t) / (2f + t);
    float z = s * s;
    float p = Math.fma(LOG1P_9, z, LOG1P_7);
    p = Math.fma(p, z, LOG1P_5);
    p = Math.fma(p, z, LOG1P_3);
    return relu(x) + Math.fma(p, z * s, s);
  }

  /**
   * The sign of x as the derivative of |x|.
   *
   * @param x argument
   * @return 1, −1, or x itself at ±0 and NaN
   */
  public static float sign(float x) {
    return x > 0f ? 1f : x < 0f ? -1f : x;
  }
}
