package ornstein.bench.guard;

import java.math.BigDecimal;
import java.math.MathContext;

/** Writes numbers that differ widely in size. */
final class Digits {
  private Digits() {}

  /** A number with so many significant digits and no exponent, such as 0.000920 or 57.4. */
  static String of(double value, int significant) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(significant));
    int scale = rounded.scale() + significant - rounded.precision();
    return rounded.setScale(Math.max(0, scale)).toPlainString();
  }
}
