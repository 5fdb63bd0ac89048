/** A small network of points in the plane or in any low dimension. */
@NullMarked
package ornstein.nn.mlp;

import org.jspecify.annotations.NullMarked;
