package ornstein.diffusion.loss;

import ornstein.engine.Tensor;

/**
 * The steps at which a batch is trained.
 *
 * @param step [N], steps from 1 to T held as floats
 * @param weight [N], 1/(T p) for steps drawn with probability p, so that the weighted mean of the
 *     losses is unbiased for the mean over all steps
 */
public record TimestepDraw(Tensor step, Tensor weight) {}
