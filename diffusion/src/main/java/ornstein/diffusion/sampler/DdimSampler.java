package ornstein.diffusion.sampler;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.ReverseKernel;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.StepTable;
import ornstein.engine.Tensor;

/**
 * The DDIM family: x<sub>s</sub> = κ x<sub>t</sub> + λ x̂<sub>0</sub> + σ z with the marginal-
 * preserving κ and λ, s being t's own predecessor in the chain (Song et al. 2021, equation 12).
 * Where x̂<sub>0</sub> is clipped, the noise direction follows the clipped value.
 */
public final class DdimSampler implements Sampler {
  private final double eta;

  /**
   * The sampler of a given stochasticity.
   *
   * @param eta η, from 0 (deterministic given x<sub>T</sub>) to 1 (the posterior's variance)
   * @throws IllegalArgumentException if η is outside [0, 1]
   */
  public DdimSampler(double eta) {
    if (!(eta >= 0 && eta <= 1)) {
      throw new IllegalArgumentException("eta must lie between 0 and 1, got " + eta);
    }
    this.eta = eta;
  }

  /**
   * The stochasticity.
   *
   * @return η, from 0 to 1
   */
  public double eta() {
    return eta;
  }

  @Override
  public Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    return new ReverseChain(
        process, List.of("ddim", eta), eta > 0, x, labels, noise, transition(process));
  }

  ReverseChain.Transition transition(ReverseProcess process) {
    GaussianDiffusion d = process.diffusion();
    StepTable kappa = StepTable.of(d.steps(), t -> kernel(d, t).kappa());
    StepTable lambda = StepTable.of(d.steps(), t -> kernel(d, t).lambda());
    StepTable sigma = StepTable.of(d.steps(), t -> kernel(d, t).sigma());
    return (x, step, labels, z) -> {
      Tensor start = process.predictStart(x, step, labels);
      Tensor mean = kappa.over(step, x).mul(x).add(lambda.over(step, x).mul(start));
      Tensor moved = z == null ? mean : mean.add(sigma.over(step, x).mul(z));
      return new ReverseChain.Moved(moved, start);
    };
  }

  private ReverseKernel kernel(GaussianDiffusion d, int t) {
    return d.reverse(t, t - 1, d.sigma(eta, t, t - 1));
  }

  @Override
  public String toString() {
    return "ddim(eta=" + eta + ")";
  }
}
