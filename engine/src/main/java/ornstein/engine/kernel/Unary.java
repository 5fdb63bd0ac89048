package ornstein.engine.kernel;

/**
 * Pointwise functions of one argument. Every back end evaluates them with the same polynomials and
 * the same order of operations, so that their bits agree.
 */
public enum Unary {
  /** e<sup>x</sup>. */
  EXP,
  /** Natural logarithm; −∞ at 0, NaN below. */
  LOG,
  /** Square root; NaN below 0. */
  SQRT,
  /** 1 / x. */
  RECIPROCAL,
  /** x². */
  SQUARE,
  /** |x|; the gradient at 0 is 0. */
  ABS,
  /** Hyperbolic tangent. */
  TANH,
  /** Logistic function 1 / (1 + e<sup>−x</sup>). */
  SIGMOID,
  /** x · sigmoid(x), also called swish. */
  SILU,
  /** max(x, 0); the gradient at 0 is 0. */
  RELU,
  /** x · Φ(x) with the exact normal distribution function, PyTorch's default GELU. */
  GELU,
  /** The error function. */
  ERF,
  /** log(1 + e<sup>x</sup>), computed without overflow. */
  SOFTPLUS
}
