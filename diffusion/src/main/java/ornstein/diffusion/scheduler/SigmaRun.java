package ornstein.diffusion.scheduler;

import ornstein.engine.Tensor;

/** A run on samples x/√ᾱ, whose deviation grows with σ and which the network sees scaled back. */
abstract class SigmaRun extends Scheduler.Run {
  /** σ before each evaluation, and after the last. */
  final float[] sigmas;

  private final boolean countsData;

  /** Whether the deviation to begin with counts that of the data. */
  SigmaRun(float[] times, float[] sigmas, boolean countsData) {
    super(times);
    this.sigmas = sigmas;
    this.countsData = countsData;
  }

  @Override
  public final float initialDeviation() {
    float most = 0;
    for (float sigma : sigmas) {
      most = Math.max(most, sigma);
    }
    return countsData ? Float32.sqrt(most * most + 1) : most;
  }

  @Override
  final Tensor scaled(int index, Tensor sample) {
    return sample.div(Tensor.scalar(Float32.sqrt(sigmas[index] * sigmas[index] + 1)));
  }
}
