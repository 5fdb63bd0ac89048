/**
 * Training objectives ({@link ornstein.diffusion.loss.Loss}) and how the steps they are evaluated
 * at are drawn ({@link ornstein.diffusion.loss.TimestepSampler}).
 */
@NullMarked
package ornstein.diffusion.loss;

import org.jspecify.annotations.NullMarked;
