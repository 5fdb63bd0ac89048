package ornstein.engine.kernel;

import org.jspecify.annotations.Nullable;

/**
 * Geometry of group normalisation (Wu and He, 2018, eq. 1–3) on channels-last data [batch, pixels,
 * channels].
 *
 * @param batch number of samples
 * @param pixels positions per sample
 * @param channels channels, a multiple of {@code groups}
 * @param groups groups of neighbouring channels
 * @param epsilon added to the variance
 * @param activation applied to the result, or null for none
 */
public record GroupNormalization(
    int batch, int pixels, int channels, int groups, float epsilon, @Nullable Unary activation) {}
