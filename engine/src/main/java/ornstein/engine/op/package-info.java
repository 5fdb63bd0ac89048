/**
 * One record per operation: its shape rule, its forward and its backward pass side by side. The
 * interface {@link ornstein.engine.op.Op} is sealed, so that one gradient check can walk them all.
 */
@NullMarked
package ornstein.engine.op;

import org.jspecify.annotations.NullMarked;
