package ornstein.diffusion.loss;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.schedule.LearnedLogSnr;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Unary;

/**
 * The variational bound in continuous time, −½ ∫ SNR′(t) E‖x<sub>0</sub> − x̂<sub>0</sub>‖² dt = ½
 * ∫ γ′(t) E‖ε − ε̂‖² dt with γ = −log SNR (Kingma et al. 2021, "Variational Diffusion Models",
 * equations 15 and 18). Its value depends on the schedule through the ends γ₀ and γ₁ alone; what
 * lies between changes only how much its estimates vary.
 *
 * @param schedule the schedule; differentiable in its parameters
 * @param network estimates ε from z<sub>t</sub>; it is told γ(t)
 */
public record ContinuousLoss(LearnedLogSnr schedule, Denoiser network) {

  /**
   * The estimate at one time for each sample, whose mean over uniform times is the diffusion part
   * of the bound.
   *
   * @param start x<sub>0</sub>, [N, …]
   * @param time [N], from 0 to 1
   * @param noise ε, standard normal, of the samples' shape
   * @param labels [N], class numbers held as floats, or null without classes
   * @return [N], in nats
   */
  public Tensor perSample(Tensor start, Tensor time, Tensor noise, @Nullable Tensor labels) {
    Tensor gamma = schedule.gamma(time);
    Tensor signal = perCoordinate(gamma.neg().apply(Unary.SIGMOID).sqrt(), start);
    Tensor deviation = perCoordinate(gamma.apply(Unary.SIGMOID).sqrt(), start);
    Tensor noisy = start.mul(signal).add(noise.mul(deviation));
    Tensor error = noise.sub(network.predict(noisy, gamma, labels)).square();
    return summed(error).mul(schedule.slope(time)).mul(0.5f);
  }

  /**
   * The prior's part of the bound, KL(q(z<sub>1</sub>|x<sub>0</sub>) ‖ N(0, I)).
   *
   * @param start x<sub>0</sub>, [N, …]
   * @return [N], in nats
   */
  public Tensor prior(Tensor start) {
    Tensor last = schedule.gamma(Tensor.full(Shape.of(start.shape().dim(0)), 1));
    Tensor signal = last.neg().apply(Unary.SIGMOID);
    Tensor variance = last.apply(Unary.SIGMOID);
    int each = start.shape().size() / Math.max(1, start.shape().dim(0));
    Tensor squares = summed(start.square()).mul(signal);
    Tensor rest = variance.sub(variance.log()).add(-1).mul(each);
    return squares.add(rest).mul(0.5f);
  }

  private static Tensor summed(Tensor values) {
    int n = values.shape().dim(0);
    return values.reshape(n, values.shape().size() / Math.max(1, n)).sum(1);
  }

  private static Tensor perCoordinate(Tensor perSample, Tensor samples) {
    int[] dims = new int[samples.shape().rank()];
    Arrays.fill(dims, 1);
    dims[0] = samples.shape().dim(0);
    return perSample.reshape(dims);
  }
}
