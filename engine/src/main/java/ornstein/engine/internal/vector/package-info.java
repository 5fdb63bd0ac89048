/**
 * The implementation on {@code jdk.incubator.vector}. At every width it gives the bits of {@link
 * ornstein.engine.internal.scalar}.
 *
 * <p>A vector that crosses a call that is not inlined, a field, an array, a lambda or a merge of
 * branches becomes an object. The Vector API's own methods are inlined always; others are not once
 * a method has been compiled on its own to more than 2500 bytes, or once a compilation has reached
 * 18,000 nodes, about sixty operations on vectors, those of its callers included. Calls of that
 * kind were measured at a tenth of the speed, depending on the order of compilation. Hence each
 * function is one loop that calls nothing but the Vector API, although the exponential is then
 * written out several times; branches are selections, or on constants, or end in a store.
 */
@NullMarked
package ornstein.engine.internal.vector;

import org.jspecify.annotations.NullMarked;
