/**
 * Samplers: from noise to data along the learned reverse process, by ancestral steps ({@link
 * ornstein.diffusion.sampler.DdpmSampler}) or by the DDIM family ({@link
 * ornstein.diffusion.sampler.DdimSampler}), and back from data to noise ({@link
 * ornstein.diffusion.sampler.DdimInversion}).
 */
@NullMarked
package ornstein.diffusion.sampler;

import org.jspecify.annotations.NullMarked;
