/**
 * Measures of how good samples are, on features of any kind: distances of distributions, diversity,
 * and whether training data was memorised. All in float64, in an order that no thread changes.
 */
@NullMarked
package ornstein.diffusion.eval;

import org.jspecify.annotations.NullMarked;
