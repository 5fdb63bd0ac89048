/**
 * The layers that diffusion networks are built from. They hold parameters and no other state, so
 * that any number of threads may apply one network at once.
 */
@NullMarked
package ornstein.nn.layer;

import org.jspecify.annotations.NullMarked;
