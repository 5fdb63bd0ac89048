package ornstein.engine.internal;

/** Coefficients of Adam from numbers instead of buffers. */
public final class GivenCoefficients {
  private GivenCoefficients() {}

  /** The gradient's scale, then the nine values of {@link ornstein.engine.kernel.Kernels#adam}. */
  public static AdamCoefficients of(float scale, float... hyper) {
    HeapBuffer values = HeapBuffer.allocate(hyper.length);
    System.arraycopy(hyper, 0, values.array(), 0, hyper.length);
    HeapBuffer factor = HeapBuffer.allocate(1);
    factor.array()[0] = scale;
    return new AdamCoefficients(values, factor);
  }
}
