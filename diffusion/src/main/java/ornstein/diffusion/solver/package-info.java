/**
 * Solvers of the differential equations of a diffusion: each is a {@link
 * ornstein.diffusion.sampler.Sampler}, written against a {@link
 * ornstein.diffusion.process.ContinuousProcess} and a {@link ornstein.diffusion.solver.TimeGrid} of
 * the times that it visits.
 */
@NullMarked
package ornstein.diffusion.solver;

import org.jspecify.annotations.NullMarked;
