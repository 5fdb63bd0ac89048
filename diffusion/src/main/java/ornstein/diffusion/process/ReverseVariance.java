package ornstein.diffusion.process;

import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/**
 * Where the variance of the ancestral reverse step p(x<sub>t−1</sub>|x<sub>t</sub>) comes from: a
 * formula ({@link VarianceModel}), the network's own output (likewise), or what is known of the
 * network's error ({@link AnalyticVariance}).
 */
public interface ReverseVariance {

  /**
   * Whether the network says the variance, in a second half of its channels.
   *
   * @return whether the network's output has twice the channels of the samples
   */
  boolean isLearned();

  /**
   * The variance along a chain.
   *
   * @param diffusion the chain
   * @return its variance, step by step
   * @throws IllegalArgumentException if it is not known for this chain
   */
  Along along(GaussianDiffusion diffusion);

  /** The variance of the steps of one chain, as a function of tensors. */
  interface Along {

    /**
     * The variance.
     *
     * @param step [N], steps from 1 to T held as floats
     * @param x x<sub>t</sub>, [N, …]
     * @param output what the network said of the variance, of the samples' shape; null unless the
     *     variance is learned
     * @return the variance, at least 0, broadcasting over the samples
     */
    Tensor variance(Tensor step, Tensor x, @Nullable Tensor output);

    /**
     * The logarithm of the variance.
     *
     * @param step [N], steps from 1 to T held as floats
     * @param x x<sub>t</sub>, [N, …]
     * @param output what the network said of the variance, of the samples' shape; null unless the
     *     variance is learned
     * @return its natural logarithm, finite at every step, broadcasting over the samples
     */
    Tensor logVariance(Tensor step, Tensor x, @Nullable Tensor output);
  }
}
