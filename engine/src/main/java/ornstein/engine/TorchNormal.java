package ornstein.engine;

/**
 * Sixteen uniform numbers become normal ones as in PyTorch's AVX2 kernel: Box and Muller's
 * transform with the single-precision logarithm, sine and cosine of the Cephes library (Moshier
 * 1989), whose products and sums are fused where the kernel's compiler fuses them.
 */
@SuppressWarnings("FloatingPointLiteralPrecision") // the digits as published
final class TorchNormal {
  private static final int HALF = 8;
  private static final float TWO_PI = (float) (2 * Math.PI);

  private static final float[] LOG = {
    7.0376836292E-2f,
    -1.1514610310E-1f,
    1.1676998740E-1f,
    -1.2420140846E-1f,
    1.4249322787E-1f,
    -1.6668057665E-1f,
    2.0000714765E-1f,
    -2.4999993993E-1f,
    3.3333331174E-1f
  };
  private static final float SQRT_HALF = 0.70710678118654752440f;
  private static final float LN2_LOW = -2.12194440e-4f;
  private static final float LN2_HIGH = 0.693359375f;

  private static final float FOUR_OVER_PI = 1.27323954473516f;
  private static final float PI4_HIGH = -0.78515625f;
  private static final float PI4_MIDDLE = -2.4187564849853515625e-4f;
  private static final float PI4_LOW = -3.77489497744594108e-8f;
  private static final float[] COSINE = {
    2.443315711809948E-005f, -1.388731625493765E-003f, 4.166664568298827E-002f
  };
  private static final float[] SINE = {-1.9515295891E-4f, 8.3321608736E-3f, -1.6666654611E-1f};

  private TorchNormal() {}

  /** Overwrites sixteen uniform numbers. */
  static void transform(float[] values, int at) {
    for (int i = at; i < at + HALF; i++) {
      float radius = (float) Math.sqrt(-2 * log(1 - values[i]));
      float angle = TWO_PI * values[i + HALF];
      float sine = sine(angle, false);
      float cosine = sine(angle, true);
      values[i] = radius * cosine;
      values[i + HALF] = radius * sine;
    }
  }

  /** Of a number in (0, 1]. */
  static float log(float u) {
    int bits = Float.floatToRawIntBits(Math.max(u, Float.MIN_NORMAL));
    float e = (bits >>> 23) - 126;
    float x = Float.intBitsToFloat((bits & 0x007fffff) | 0x3f000000);
    if (x < SQRT_HALF) {
      e -= 1;
      x = x - 1 + x;
    } else {
      x = x - 1;
    }
    float z = x * x;
    float y = LOG[0];
    for (int i = 1; i < LOG.length; i++) {
      y = Math.fma(y, x, LOG[i]);
    }
    y = y * x;
    y = Math.fma(y, z, e * LN2_LOW);
    y = Math.fma(-z, 0.5f, y);
    return Math.fma(e, LN2_HIGH, x + y);
  }

  /** Sine or cosine of an angle that is not negative. */
  static float sine(float angle, boolean cosine) {
    int octant = ((int) (angle * FOUR_OVER_PI) + 1) & ~1;
    float turns = octant;
    float x = Math.fma(turns, PI4_HIGH, angle);
    x = Math.fma(turns, PI4_MIDDLE, x);
    x = Math.fma(turns, PI4_LOW, x);
    float z = x * x;
    boolean swapped = (octant & 2) != 0;
    float value = swapped == cosine ? sinePolynomial(x, z) : cosinePolynomial(z);
    boolean negative = cosine ? ((octant - 2) & 4) == 0 : (octant & 4) != 0;
    return negative ? -value : value;
  }

  private static float cosinePolynomial(float z) {
    float y = Math.fma(Math.fma(COSINE[0], z, COSINE[1]), z, COSINE[2]);
    y = y * z;
    return Math.fma(y, z, -(z * 0.5f)) + 1;
  }

  private static float sinePolynomial(float x, float z) {
    float y = Math.fma(Math.fma(SINE[0], z, SINE[1]), z, SINE[2]);
    return Math.fma(y * z, x, x);
  }
}
