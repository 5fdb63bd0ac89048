/**
 * The U-Net of improved DDPM (Nichol and Dhariwal, 2021), assembled from a {@link
 * ornstein.nn.unet.UNetConfig}, with the parameter names of its published checkpoints.
 */
@NullMarked
package ornstein.nn.unet;

import org.jspecify.annotations.NullMarked;
