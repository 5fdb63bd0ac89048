package ornstein.engine.internal;

/**
 * Constants of the elementary functions, shared by the scalar and the vector evaluation. The
 * polynomials are minimax fits (iteratively reweighted least squares in 40 digits, coefficients
 * rounded to float one after the other, lowest first, the rest refitted each time). A coefficient's
 * number is its power.
 */
public final class Polynomials {
  /** Below it e<sup>x</sup> rounds to 0. */
  public static final float EXP_LOWEST = -104f;

  /** The power of e at this argument is still a normal number, 1.6·10⁻³⁸. */
  public static final float EXP_FLOOR = -87f;

  /** Above it e<sup>x</sup> overflows. */
  public static final float EXP_HIGHEST = 89f;

  /** log₂ e. */
  public static final float LOG2_E = 0x1.715476p0f;

  /** 1.5 · 2²³: adding it rounds to an integer, which the low bits of the sum then hold. */
  public static final float ROUNDER = 0x1.8p23f;

  /** {@link #ROUNDER} with the exponent's bias added, so that a shift by 23 gives 2ⁿ. */
  public static final float BIASED_ROUNDER = ROUNDER + 127f;

  /** As {@link #BIASED_ROUNDER}, for 2ⁿ⁺⁶⁴. */
  public static final float LIFTED_ROUNDER = BIASED_ROUNDER + 64f;

  /** 2⁻⁶⁴, which takes the lift back with one rounding, into the subnormal range if need be. */
  public static final float LOWER = 0x1p-64f;

  /** Leading 9 bits of ln 2: few enough that x − n · LN2_HIGH is exact. */
  public static final float LN2_HIGH = 0x1.63p-1f;

  /** ln 2 − {@link #LN2_HIGH}. */
  public static final float LN2_LOW = -0x1.bd0106p-13f;

  /** ln 2. */
  public static final float LN2 = 0x1.62e43p-1f;

  /** e<sup>r</sup> = 1 + r + r²·P(r) on |r| ≤ ½ ln 2, relative error 1.4e−8. */
  public static final float EXP_2 = 0x1.fffffep-2f;

  /** r³. */
  public static final float EXP_3 = 0x1.5554b4p-3f;

  /** r⁴. */
  public static final float EXP_4 = 0x1.5556f6p-5f;

  /** r⁵. */
  public static final float EXP_5 = 0x1.122538p-7f;

  /** r⁶. */
  public static final float EXP_6 = 0x1.6b97ap-10f;

  /** Bits of the least mantissa, ⅔, of the logarithm's reduction to [⅔, 4/3). */
  public static final int TWO_THIRDS_BITS = 0x3f2aaaab;

  /** log(1 + f) = f + f²·P(f) on |f| ≤ ⅓, relative error 4.7e−9. */
  public static final float LOG_2 = -0.5f;

  /** f³. */
  public static final float LOG_3 = 0x1.555506p-2f;

  /** f⁴. */
  public static final float LOG_4 = -0x1.fffef8p-3f;

  /** f⁵. */
  public static final float LOG_5 = 0x1.99d05cp-3f;

  /** f⁶. */
  public static final float LOG_6 = -0x1.559c88p-3f;

  /** f⁷. */
  public static final float LOG_7 = 0x1.1ed452p-3f;

  /** f⁸. */
  public static final float LOG_8 = -0x1.f332dp-4f;

  /** f⁹. */
  public static final float LOG_9 = 0x1.1e72ap-3f;

  /** f¹⁰. */
  public static final float LOG_10 = -0x1.07beep-3f;

  /** log(1 + t) = s + s³·P(s²) with s = 2t / (2 + t), t in [0, 1], relative error 4.6e−9. */
  public static final float LOG1P_3 = 0x1.5555p-4f;

  /** s⁵. */
  public static final float LOG1P_5 = 0x1.99d294p-7f;

  /** s⁷. */
  public static final float LOG1P_7 = 0x1.1eb4d2p-9f;

  /** s⁹. */
  public static final float LOG1P_9 = 0x1.1efd6cp-11f;

  /** Where the error function's two approximations meet. */
  public static final float ERF_JOINT = 0.921875f;

  /** The end of the range on which {@link #ERFC_0} and its like are fitted. */
  public static final float ERFC_HIGHEST = 4f;

  /** erf x = x + x·P(x²) below the joint, relative error 9e−10. */
  public static final float ERF_1 = 0x1.06eba8p-3f;

  /** x³. */
  public static final float ERF_3 = -0x1.812740p-2f;

  /** x⁵. */
  public static final float ERF_5 = 0x1.ce2d64p-4f;

  /** x⁷. */
  public static final float ERF_7 = -0x1.b80116p-6f;

  /** x⁹. */
  public static final float ERF_9 = 0x1.5449a2p-8f;

  /** x¹¹. */
  public static final float ERF_11 = -0x1.a60230p-11f;

  /** x¹³. */
  public static final float ERF_13 = 0x1.4f3dfep-14f;

  /** The middle of that range, about which {@link #ERFC_0} and its like are expanded. */
  public static final float ERFC_MIDDLE = 2.4609375f;

  /**
   * 1 − erf x = e<sup>−x²</sup>·P(x − {@value #ERFC_MIDDLE}) from the joint to 4, absolute error
   * 1.6e−8, relative error 8e−6; P's constant.
   */
  public static final float ERFC_0 = 0x1.b5c1dep-3f;

  /** P's first power. */
  public static final float ERFC_1 = -0x1.38aff2p-4f;

  /** P's power 2. */
  public static final float ERFC_2 = 0x1.a85a08p-6f;

  /** P's power 3. */
  public static final float ERFC_3 = -0x1.121d46p-7f;

  /** P's power 4. */
  public static final float ERFC_4 = 0x1.57751ap-9f;

  /** P's power 5. */
  public static final float ERFC_5 = -0x1.b52088p-11f;

  /** P's power 6. */
  public static final float ERFC_6 = 0x1.c32ddep-13f;

  /** P's power 7. */
  public static final float ERFC_7 = -0x1.2872bcp-15f;

  /** P's power 8. */
  public static final float ERFC_8 = 0x1.a6ad74p-16f;

  /** P's power 9. */
  public static final float ERFC_9 = -0x1.796504p-17f;

  /** √½. */
  public static final float ROOT_HALF = 0x1.6a09e6p-1f;

  /** 1 / √(2π). */
  public static final float NORMAL_PEAK = 0x1.988454p-2f;

  /** 2 / √π. */
  public static final float ERF_SLOPE = 0x1.20dd76p0f;

  /** From here on tanh x rounds to 1. */
  public static final float TANH_HIGHEST = 10f;

  /** sin 2πf = f·P(f²) on |f| ≤ ⅛, relative error 2.8e−8. */
  public static final float SIN_1 = 0x1.921fb6p2f;

  /** f³. */
  public static final float SIN_3 = -0x1.4abc22p5f;

  /** f⁵. */
  public static final float SIN_5 = 0x1.467faap6f;

  /** f⁷. */
  public static final float SIN_7 = -0x1.32e8a2p6f;

  /** cos 2πf = 1 + f²·P(f²) on |f| ≤ ⅛, error 4.1e−10. */
  public static final float COS_2 = -0x1.3bd3ccp4f;

  /** f⁴. */
  public static final float COS_4 = 0x1.03c1aep6f;

  /** f⁶. */
  public static final float COS_6 = -0x1.55b138p6f;

  /** f⁸. */
  public static final float COS_8 = 0x1.d47088p5f;

  private Polynomials() {}
}
