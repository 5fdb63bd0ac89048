/**
 * Reverse-mode differentiation: operations applied to tensors that need gradients leave {@link
 * ornstein.engine.autograd.Node}s behind, which {@link ornstein.engine.autograd.Gradients} walks
 * backwards.
 */
@NullMarked
package ornstein.engine.autograd;

import org.jspecify.annotations.NullMarked;
