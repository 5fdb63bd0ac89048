package ornstein.diffusion.likelihood;

import java.util.concurrent.CancellationException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.loss.VariationalTerm;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.GaussianKernel;
import ornstein.diffusion.process.ReverseMoments;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * Evaluates the variational bound on −log p(x<sub>0</sub>) step by step (Ho et al. 2020, equation
 * 5; Nichol and Dhariwal 2021, section 2.2): what a model needs at most to tell each image, in bits
 * per coordinate. One draw of noise for each step.
 */
public final class VariationalBound {
  private static final double BITS = 1 / Math.log(2);

  private final ReverseProcess process;
  private final VariationalTerm term;

  /**
   * The bound of a process along its chain.
   *
   * @param process the reverse process; predictions are thresholded as it says
   */
  public VariationalBound(ReverseProcess process) {
    this.process = process;
    this.term = new VariationalTerm(process.diffusion());
  }

  /**
   * The terms of a batch. Arrays of steps have step t at index t − 1.
   *
   * @param terms the bound's terms, [T][N], in bits per coordinate; the first is the decoder's
   * @param startErrors the mean squared error of x̂<sub>0</sub>, [T][N]
   * @param noiseErrors the mean squared error of the implied ε̂, [T][N]
   * @param prior KL(q(x<sub>T</sub>|x<sub>0</sub>) ‖ N(0, I)), [N], in bits per coordinate
   */
  @SuppressWarnings("ArrayRecordComponent") // a bundle of results, handed to one caller
  public record Terms(
      double[][] terms, double[][] startErrors, double[][] noiseErrors, double[] prior) {

    /**
     * The whole bound of a sample.
     *
     * @param sample its number in the batch
     * @return the sum of its terms and of its prior, in bits per coordinate
     */
    public double total(int sample) {
      double sum = prior[sample];
      for (double[] step : terms) {
        sum += step[sample];
      }
      return sum;
    }
  }

  /**
   * Evaluates the bound.
   *
   * @param start clean samples [N, …], values on the 8-bit grid of [−1, 1]
   * @param labels [N], class numbers held as floats, or null without classes
   * @param noise where the noise comes from, a sample's own whatever its batch
   * @param listener told each step t when it is done, from T down; false ends the evaluation
   * @return the terms
   * @throws java.util.concurrent.CancellationException if the listener ended it
   */
  public Terms of(Tensor start, @Nullable Tensor labels, NoiseSource noise, IntPredicate listener) {
    GaussianDiffusion d = process.diffusion();
    int steps = d.steps();
    double[][] terms = new double[steps][];
    double[][] startErrors = new double[steps][];
    double[][] noiseErrors = new double[steps][];
    for (int t = steps; t >= 1; t--) {
      Tensor step = Tensor.full(Shape.of(start.shape().dim(0)), t);
      Tensor z = noise.draw(t, start.shape());
      int at = t - 1;
      Autograd.noGrad(
          () -> {
            Tensor x = process.forward().sample(start, step, z);
            ReverseMoments p = process.moments(x, step, labels);
            terms[at] = doubles(term.perSample(start, x, step, p));
            startErrors[at] = squaredError(p.start(), start);
            noiseErrors[at] = squaredError(process.noiseOf(x, step, p.start()), z);
            return null;
          });
      if (!listener.test(t)) {
        throw new CancellationException(
            "the evaluation was cancelled at step " + t + " of " + steps);
      }
    }
    return new Terms(terms, startErrors, noiseErrors, prior(start));
  }

  private double[] prior(Tensor start) {
    GaussianKernel last = process.diffusion().marginal(process.diffusion().steps());
    float[] x = start.toArray();
    double[] prior = new double[start.shape().dim(0)];
    int each = x.length / Math.max(1, prior.length);
    for (int i = 0; i < x.length; i++) {
      double mean = last.scale() * x[i];
      double nats = 0.5 * (last.variance() - 1 - Math.log(last.variance()) + mean * mean);
      prior[i / each] += nats * BITS / each;
    }
    return prior;
  }

  private static double[] squaredError(Tensor a, Tensor b) {
    return doubles(a.sub(b).square().reshape(a.shape().dim(0), -1).mean(1));
  }

  private static double[] doubles(Tensor x) {
    float[] values = x.toArray();
    double[] doubles = new double[values.length];
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
