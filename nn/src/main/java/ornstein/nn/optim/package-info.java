/**
 * Optimisers, gradient clipping, learning-rate schedules and weight averaging. All of them update
 * parameters in place on the back end; nothing is copied to the host within a step.
 */
@NullMarked
package ornstein.nn.optim;

import org.jspecify.annotations.NullMarked;
