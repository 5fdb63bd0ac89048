/**
 * What a user of the engine sees: {@link ornstein.engine.Tensor}, {@link ornstein.engine.Shape} and
 * the counter-based {@link ornstein.engine.Rng}.
 */
@NullMarked
package ornstein.engine;

import org.jspecify.annotations.NullMarked;
