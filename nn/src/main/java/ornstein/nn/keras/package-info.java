/**
 * The two networks of Keras-DDPM (Su 2022, "Generative Diffusion Models"), lighter than DDPM's: no
 * attention, no biases.
 */
@NullMarked
package ornstein.nn.keras;

import org.jspecify.annotations.NullMarked;
