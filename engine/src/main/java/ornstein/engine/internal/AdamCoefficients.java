package ornstein.engine.internal;

/** The scalars of one Adam step; see {@link ornstein.engine.kernel.Kernels#adam}. */
public record AdamCoefficients(
    float gradientScale,
    float beta1,
    float oneMinusBeta1,
    float beta2,
    float oneMinusBeta2,
    float epsilon,
    float step,
    float rootCorrection,
    float decay,
    float l2) {}
