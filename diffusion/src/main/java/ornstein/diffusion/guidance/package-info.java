/**
 * Guidance: by the gradient of any differentiable function ({@link
 * ornstein.diffusion.guidance.GradientGuidance}), or by a network's own labels ({@link
 * ornstein.diffusion.guidance.ClassifierFreeGuidance}).
 */
@NullMarked
package ornstein.diffusion.guidance;

import org.jspecify.annotations.NullMarked;
