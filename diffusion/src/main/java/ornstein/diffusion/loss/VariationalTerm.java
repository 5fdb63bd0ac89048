package ornstein.diffusion.loss;

import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.ReverseKernel;
import ornstein.diffusion.process.ReverseMoments;
import ornstein.diffusion.process.StepTable;
import ornstein.engine.Tensor;
import ornstein.engine.kernel.Binary;
import ornstein.engine.kernel.Unary;

/**
 * The terms of the variational bound, one for each step (Ho et al. 2020, equation 5):
 * L<sub>t−1</sub> = KL(q(x<sub>t−1</sub>|x<sub>t</sub>, x<sub>0</sub>) ‖
 * p(x<sub>t−1</sub>|x<sub>t</sub>)) for t above 1, and L<sub>0</sub> = −log
 * p(x<sub>0</sub>|x<sub>1</sub>), of images on 8 bits. In bits per coordinate. A function of
 * tensors alone.
 */
public final class VariationalTerm {
  /** Half a step between two of the 256 values that span [−1, 1]. */
  private static final float HALF_BIN = 1 / 255f;

  /** Below and above lie the lowest and the highest value, whose bins are open. */
  private static final float EDGE = 0.999f;

  /** What float32 can say of a probability: no bin is given less. */
  private static final float LEAST_PROBABILITY = 1e-12f;

  private static final float BITS = (float) (1 / Math.log(2));

  private final StepTable kappa;
  private final StepTable lambda;
  private final StepTable logVariance;

  /**
   * The terms of a chain.
   *
   * @param diffusion the chain
   */
  public VariationalTerm(GaussianDiffusion diffusion) {
    int steps = diffusion.steps();
    this.kappa = StepTable.of(steps, t -> posterior(diffusion, t).kappa());
    this.lambda = StepTable.of(steps, t -> posterior(diffusion, t).lambda());
    this.logVariance = StepTable.of(steps, diffusion::posteriorLogVarianceClipped);
  }

  private static ReverseKernel posterior(GaussianDiffusion d, int t) {
    return d.posterior(t, t - 1);
  }

  /**
   * The term of each sample's step.
   *
   * @param start x<sub>0</sub>, clean samples [N, …]; at step 1 on the 8-bit grid of [−1, 1]
   * @param x x<sub>t</sub>, of their shape
   * @param step [N], steps from 1 to T held as floats
   * @param p the model's transition from x<sub>t</sub>
   * @return [N], bits per coordinate
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public Tensor perSample(Tensor start, Tensor x, Tensor step, ReverseMoments p) {
    Tensor mean = kappa.over(step, x).mul(x).add(lambda.over(step, x).mul(start));
    Tensor kl = normalKl(mean, logVariance.over(step, x), p.mean(), p.logVariance());
    Tensor decoder = discretizedNormal(start, p.mean(), p.logVariance()).neg();
    Tensor first =
        Tensor.scalar(1.5f).apply(Binary.LESS, step).neg().add(1f); // 1 at step 1, else 0
    Tensor chosen =
        perSampleMean(decoder).mul(first).add(perSampleMean(kl).mul(first.neg().add(1f)));
    return chosen.mul(BITS);
  }

  /**
   * KL(N(m₁, e^l₁) ‖ N(m₂, e^l₂)) of each coordinate, in nats.
   *
   * @param mean1 m₁
   * @param logVariance1 l₁
   * @param mean2 m₂
   * @param logVariance2 l₂
   * @return ½ (l₂ − l₁ − 1 + e^(l₁−l₂) + (m₁−m₂)² e^−l₂), of the broadcast shape
   */
  public static Tensor normalKl(
      Tensor mean1, Tensor logVariance1, Tensor mean2, Tensor logVariance2) {
    Tensor ratio = logVariance1.sub(logVariance2);
    Tensor distance = mean1.sub(mean2).square().mul(logVariance2.neg().exp());
    return ratio.exp().sub(ratio).add(-1f).add(distance).mul(0.5f);
  }

  /**
   * The log-probability of values on 8 bits under a normal law that is cut into 256 bins, the
   * outermost of them open (Ho et al. 2020, equation 13), in nats. The distribution function is
   * approximated by a hyperbolic tangent, as improved-diffusion does; its error is below 3e-4, and
   * the bins sum to 1 all the same.
   *
   * @param x values k/127.5 − 1, k = 0 … 255
   * @param mean the normal law's mean
   * @param logVariance the logarithm of its variance
   * @return log p of each value, at least log 10<sup>−12</sup>, of the broadcast shape
   */
  public static Tensor discretizedNormal(Tensor x, Tensor mean, Tensor logVariance) {
    Tensor centred = x.sub(mean);
    Tensor precision = logVariance.mul(-0.5f).exp();
    Tensor upTo = distribution(centred.add(HALF_BIN).mul(precision));
    Tensor below = distribution(centred.add(-HALF_BIN).mul(precision));
    Tensor lowest = x.apply(Binary.LESS, Tensor.scalar(-EDGE));
    Tensor highest = Tensor.scalar(EDGE).apply(Binary.LESS, x);
    // An open bin reaches to 0 or 1; weights of 0 and 1 choose without a branch.
    Tensor from = below.mul(lowest.neg().add(1f));
    Tensor to = upTo.mul(highest.neg().add(1f)).add(highest);
    return to.sub(from).apply(Binary.MAXIMUM, Tensor.scalar(LEAST_PROBABILITY)).log();
  }

  /** ½ (1 + tanh(√(2/π) (x + 0.044715 x³))). */
  private static Tensor distribution(Tensor x) {
    Tensor cubic = x.square().affine(0.044715f, 1f).mul(x);
    return cubic.mul((float) Math.sqrt(2 / Math.PI)).apply(Unary.TANH).affine(0.5f, 0.5f);
  }

  /** The mean over the coordinates of each sample. */
  static Tensor perSampleMean(Tensor x) {
    return x.reshape(x.shape().dim(0), -1).mean(1);
  }
}
