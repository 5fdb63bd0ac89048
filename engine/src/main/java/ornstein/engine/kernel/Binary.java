package ornstein.engine.kernel;

/** Pointwise functions of two arguments. */
public enum Binary {
  /** a + b. */
  ADD,
  /** a − b. */
  SUBTRACT,
  /** a · b. */
  MULTIPLY,
  /** a / b. */
  DIVIDE,
  /** The larger; NaN if either is NaN. */
  MAXIMUM,
  /** The smaller; NaN if either is NaN. */
  MINIMUM,
  /** 1 where a &lt; b, else 0; no gradient. */
  LESS,
  /** 1 where a = b, else 0; no gradient. */
  EQUAL
}
