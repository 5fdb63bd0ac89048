/**
 * The schedulers of Hugging Face diffusers, as a {@code scheduler_config.json} describes them, in
 * diffusers' own float32 arithmetic: a step equals theirs to the last bits, for pictures that must
 * be the same there and here. Where theirs depends on the exponential or the logarithm of the
 * PyTorch build, ours takes the correctly rounded one, to which all builds are near.
 *
 * <p>Sampling for its own sake is the affair of {@link ornstein.diffusion.sampler} and {@link
 * ornstein.diffusion.solver}, whose coefficients are computed in float64.
 */
@NullMarked
package ornstein.diffusion.scheduler;

import org.jspecify.annotations.NullMarked;
