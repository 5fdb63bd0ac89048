package ornstein.diffusion.process;

import ornstein.engine.Tensor;

/**
 * The reverse transition p(x<sub>t−1</sub>|x<sub>t</sub>) = N(mean, variance) of a batch.
 *
 * @param mean its mean, of the samples' shape
 * @param variance its variance, broadcasting over the samples
 * @param logVariance the logarithm of its variance, finite at step 1 too; broadcasting as well
 * @param start the prediction x̂<sub>0</sub> that the mean was made from, of the samples' shape
 */
public record ReverseMoments(Tensor mean, Tensor variance, Tensor logVariance, Tensor start) {

  /**
   * The same transition to another mean.
   *
   * @param other its mean, of the samples' shape
   * @return the changed transition
   */
  public ReverseMoments withMean(Tensor other) {
    return new ReverseMoments(other, variance, logVariance, start);
  }
}
