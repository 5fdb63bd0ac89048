/**
 * What the back ends for the processor share: single-threaded loops, contractions, and buffers on
 * the heap. Never exported.
 */
@NullMarked
package ornstein.engine.internal;

import org.jspecify.annotations.NullMarked;
