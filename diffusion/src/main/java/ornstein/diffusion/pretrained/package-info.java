/** Models of other projects: what their options and files mean here. */
@NullMarked
package ornstein.diffusion.pretrained;

import org.jspecify.annotations.NullMarked;
