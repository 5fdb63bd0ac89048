/**
 * The plain Java implementation: the oracle that fixes the order of every operation, and the back
 * end of a JDK without the vector module.
 */
@NullMarked
package ornstein.engine.internal.scalar;

import org.jspecify.annotations.NullMarked;
