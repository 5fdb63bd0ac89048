/** The fixed team of worker threads that kernels share their ranges among. */
@NullMarked
package ornstein.engine.internal.parallel;

import org.jspecify.annotations.NullMarked;
