package ornstein.diffusion.sampler;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ReverseMoments;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Tensor;

/**
 * Ancestral sampling: x<sub>t−1</sub> = μ(x<sub>t</sub>) + σ<sub>t</sub> z, without noise in the
 * last step (Ho et al. 2020, algorithm 2). The variance is the reverse process's own.
 */
public final class DdpmSampler implements Sampler {

  /** Creates the sampler. */
  public DdpmSampler() {}

  @Override
  public Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    return new ReverseChain(
        process,
        "ddpm",
        true,
        x,
        labels,
        noise,
        (current, step, classes, z) -> {
          ReverseMoments p = process.moments(current, step, classes);
          if (z == null) {
            return new ReverseChain.Moved(p.mean(), p.start());
          }
          Tensor sigma = p.logVariance().mul(0.5f).exp();
          return new ReverseChain.Moved(p.mean().add(sigma.mul(z)), p.start());
        });
  }

  @Override
  public String toString() {
    return "ddpm";
  }
}
