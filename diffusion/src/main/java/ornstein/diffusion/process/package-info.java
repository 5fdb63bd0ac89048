/**
 * The diffusion process and its reverse: the forward marginals and posteriors ({@link
 * ornstein.diffusion.process.GaussianDiffusion}), what a network predicts ({@link
 * ornstein.diffusion.process.Parameterization}), which variance the reverse step has ({@link
 * ornstein.diffusion.process.VarianceModel}), and the learned reverse process that follows ({@link
 * ornstein.diffusion.process.ReverseProcess}).
 *
 * <p>Steps are counted from 1 to T as in the papers; step 0 is clean data. Coefficients are
 * computed in float64 and rounded to float32 once, where a tensor needs them.
 */
@NullMarked
package ornstein.diffusion.process;

import org.jspecify.annotations.NullMarked;
