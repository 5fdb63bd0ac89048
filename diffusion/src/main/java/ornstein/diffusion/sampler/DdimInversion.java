package ornstein.diffusion.sampler;

import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.process.StepTable;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * The deterministic DDIM step run backwards, from data towards the noise that encodes it: an Euler
 * step of the sampler's ordinary differential equation in the other direction (Song et al. 2021,
 * section 4.3 and equation 14). It keeps the ε̂ that the prediction at step t implies: x<sub>t+1
 * </sub> = √ᾱ<sub>t+1</sub> x̂<sub>0</sub> + √(1−ᾱ<sub>t+1</sub>) ε̂, with ᾱ<sub>T+1</sub> = 0.
 *
 * <p>Predictions are thresholded as the process says; with {@link
 * ornstein.diffusion.process.Thresholding#none} the ε̂ kept is the network's own.
 */
public final class DdimInversion {
  private final ReverseProcess process;
  private final StepTable kappa;
  private final StepTable lambda;

  /**
   * The inversion along a chain.
   *
   * @param process the reverse process; its chain decides which timesteps are visited
   */
  public DdimInversion(ReverseProcess process) {
    this.process = process;
    GaussianDiffusion d = process.diffusion();
    this.kappa = StepTable.of(d.steps(), t -> kappa(d, t));
    this.lambda =
        StepTable.of(
            d.steps(), t -> Math.sqrt(d.alphaBarNext(t)) - kappa(d, t) * Math.sqrt(d.alphaBar(t)));
  }

  private static double kappa(GaussianDiffusion d, int t) {
    return Math.sqrt((1 - d.alphaBarNext(t)) / (1 - d.alphaBar(t)));
  }

  /**
   * One step towards noise. Step 0 implies no noise, so that an encoding starts at step 1, with
   * clean data in the place of x<sub>1</sub>.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param step t, [N], steps from 1 to T held as floats
   * @param labels [N], class numbers held as floats, or null without classes
   * @return x<sub>t+1</sub>, of the samples' shape; at step T the ε̂ itself
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   * @throws ornstein.engine.ShapeException if the network returns another shape
   */
  public Tensor step(Tensor x, Tensor step, @Nullable Tensor labels) {
    return Autograd.noGrad(
        () -> {
          Tensor start = process.predictStart(x, step, labels);
          return kappa.over(step, x).mul(x).add(lambda.over(step, x).mul(start));
        });
  }
}
