package ornstein.diffusion.sampler;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.StepTable;
import ornstein.diffusion.process.Thresholding;
import ornstein.engine.Tensor;

/**
 * The DDIM family: x<sub>s</sub> = κ x<sub>t</sub> + λ x̂<sub>0</sub> + σ z, s being t's own
 * predecessor in the chain (Song et al. 2021, equation 12). Where x̂<sub>0</sub> is thresholded,
 * the noise direction follows the new value, as in improved-diffusion, unless it is {@linkplain
 * #keepingNoise kept}.
 */
public final class DdimSampler implements Sampler {
  private final ReverseFamily family;
  private final boolean keepsNoise;

  /**
   * The sampler of a given stochasticity.
   *
   * @param eta η, from 0 (deterministic given x<sub>T</sub>) to 1 (the posterior's variance)
   * @throws IllegalArgumentException if η is outside [0, 1]
   */
  public DdimSampler(double eta) {
    this(ReverseFamily.eta(eta));
  }

  /**
   * The sampler of a family of reverse steps.
   *
   * @param family which step leads from one timestep to the next
   */
  public DdimSampler(ReverseFamily family) {
    this(family, false);
  }

  private DdimSampler(ReverseFamily family, boolean keepsNoise) {
    this.family = family;
    this.keepsNoise = keepsNoise;
  }

  /**
   * The same with the noise that the network's own prediction implies, whatever is done to
   * x̂<sub>0</sub> (diffusers' default).
   *
   * @return the changed sampler
   */
  public DdimSampler keepingNoise() {
    return new DdimSampler(family, true);
  }

  /**
   * The reverse steps.
   *
   * @return the family that they are from
   */
  public ReverseFamily family() {
    return family;
  }

  @Override
  public Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    return new ReverseChain(
        process,
        List.of("ddim", family, keepsNoise),
        family.isStochastic(),
        x,
        labels,
        noise,
        transition(process));
  }

  ReverseChain.Transition transition(ReverseProcess process) {
    GaussianDiffusion d = process.diffusion();
    StepTable kappa = StepTable.of(d.steps(), t -> family.step(d, t, t - 1).kappa());
    StepTable lambda = StepTable.of(d.steps(), t -> family.step(d, t, t - 1).lambda());
    StepTable sigma = StepTable.of(d.steps(), t -> family.step(d, t, t - 1).sigma());
    ReverseProcess free = process.with(Thresholding.none());
    StepTable ofStart = StepTable.of(d.steps(), t -> Math.sqrt(d.alphaBarPrevious(t)));
    StepTable ofNoise =
        StepTable.of(
            d.steps(), t -> family.step(d, t, t - 1).kappa() * Math.sqrt(1 - d.alphaBar(t)));
    return (x, step, labels, z) -> {
      Tensor start;
      Tensor mean;
      if (keepsNoise) {
        Tensor own = free.predictStart(x, step, labels);
        start = process.thresholding().apply(own);
        Tensor direction = ofNoise.over(step, x).mul(process.noiseOf(x, step, own));
        mean = ofStart.over(step, x).mul(start).add(direction);
      } else {
        start = process.predictStart(x, step, labels);
        mean = kappa.over(step, x).mul(x).add(lambda.over(step, x).mul(start));
      }
      Tensor moved = z == null ? mean : mean.add(sigma.over(step, x).mul(z));
      return new ReverseChain.Moved(moved, start);
    };
  }

  @Override
  public String toString() {
    return "ddim(" + family + ")";
  }
}
