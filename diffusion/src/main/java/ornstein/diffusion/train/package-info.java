/** Training: {@link ornstein.diffusion.train.Trainer} and what it is told and tells. */
@NullMarked
package ornstein.diffusion.train;

import org.jspecify.annotations.NullMarked;
