/**
 * What an embedder uses: {@link ornstein.diffusion.Pipeline} loads a model and samples images; its
 * {@link ornstein.diffusion.DiffusionConfig} says how the model was trained.
 */
@NullMarked
package ornstein.diffusion;

import org.jspecify.annotations.NullMarked;
