/**
 * The seam between the engine and the machine: {@link ornstein.engine.kernel.Kernels} lists the
 * verbs that a back end must provide, on opaque {@link ornstein.engine.kernel.Buffer}s and small
 * scalars. Nothing here assumes heap arrays, so that a back end may keep its buffers elsewhere.
 */
@NullMarked
package ornstein.engine.kernel;

import org.jspecify.annotations.NullMarked;
