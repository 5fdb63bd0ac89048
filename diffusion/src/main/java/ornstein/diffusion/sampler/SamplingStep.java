package ornstein.diffusion.sampler;

import ornstein.engine.Tensor;

/**
 * What one step of a sampler made.
 *
 * @param done the number of steps done, this one included, 1 to {@code total}
 * @param total the number of steps of the run
 * @param timestep the timestep of the original chain that was left, 1 to its length
 * @param x the sample after the step; clean data after the last one
 * @param start x̂<sub>0</sub>, the clean data that the network saw behind the sample before the
 *     step
 */
public record SamplingStep(int done, int total, int timestep, Tensor x, Tensor start) {}
