/**
 * U-Nets of other projects: each family is a map of names to those of {@link
 * ornstein.nn.unet.UNet}, and what its configuration means there. The layers are the same.
 */
@NullMarked
package ornstein.nn.family;

import org.jspecify.annotations.NullMarked;
