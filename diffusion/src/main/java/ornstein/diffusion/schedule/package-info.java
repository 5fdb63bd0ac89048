/**
 * Noise schedules in float64: how fast signal turns into noise ({@link
 * ornstein.diffusion.schedule.BetaSchedule}), which of the steps a sampler keeps ({@link
 * ornstein.diffusion.schedule.TimestepSpacing}), and the shorter schedule that results ({@link
 * ornstein.diffusion.schedule.SpacedSchedule}).
 *
 * <p>Timesteps are counted from 1 to T as in the papers; step 0 is clean data, with ᾱ<sub>0</sub> =
 * 1.
 */
@NullMarked
package ornstein.diffusion.schedule;

import org.jspecify.annotations.NullMarked;
