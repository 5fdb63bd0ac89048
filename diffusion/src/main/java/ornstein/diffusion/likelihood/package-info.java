/**
 * How likely a model finds data: the variational bound ({@link
 * ornstein.diffusion.likelihood.VariationalBound}), and the exact value by the probability flow.
 */
@NullMarked
package ornstein.diffusion.likelihood;

import org.jspecify.annotations.NullMarked;
