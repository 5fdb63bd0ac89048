/**
 * Recorded computations. {@link ornstein.engine.program.Program} runs code once with kernels that
 * write down what they are told, plans where each intermediate lies, and runs it again and again
 * without allocating.
 */
@NullMarked
package ornstein.engine.program;

import org.jspecify.annotations.NullMarked;
