package ornstein.engine.internal;

/**
 * The scalars of one Adam step, read from their buffers when the step is made; see {@link
 * ornstein.engine.kernel.Kernels#adam}.
 *
 * @param hyper the nine values
 * @param scale the gradient's scale
 */
public record AdamCoefficients(HeapBuffer hyper, HeapBuffer scale) {
  private float hyper(int i) {
    return hyper.array()[hyper.offset() + i];
  }

  /** The factor of the gradient. */
  public float gradientScale() {
    return scale.array()[scale.offset()];
  }

  /** Decay of the first moment. */
  public float beta1() {
    return hyper(0);
  }

  /** Weight of the gradient in the first moment. */
  public float oneMinusBeta1() {
    return hyper(1);
  }

  /** Decay of the second moment. */
  public float beta2() {
    return hyper(2);
  }

  /** Weight of the squared gradient in the second moment. */
  public float oneMinusBeta2() {
    return hyper(3);
  }

  /** Added to the denominator. */
  public float epsilon() {
    return hyper(4);
  }

  /** Learning rate, corrected for the first moment's bias. */
  public float step() {
    return hyper(5);
  }

  /** Correction of the root of the second moment. */
  public float rootCorrection() {
    return hyper(6);
  }

  /** Factor of the parameter, for decoupled weight decay. */
  public float decay() {
    return hyper(7);
  }

  /** Weight of the parameter in the gradient, for a penalty. */
  public float l2() {
    return hyper(8);
  }
}
