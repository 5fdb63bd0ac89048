/** Distributions in the plane, to see diffusion at work without images. */
@NullMarked
package ornstein.diffusion.toy;

import org.jspecify.annotations.NullMarked;
