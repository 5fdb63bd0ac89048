package ornstein.diffusion.likelihood;

import java.util.ArrayList;
import java.util.List;
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
import ornstein.engine.program.RecordedFunction;
import ornstein.engine.program.RecordingException;

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
    Evaluation evaluation = Evaluation.of(this, start.shape(), labels);
    for (int t = steps; t >= 1; t--) {
      Tensor step = Tensor.full(Shape.of(start.shape().dim(0)), t);
      List<Tensor> found = evaluation.at(start, step, noise.draw(t, start.shape()), labels);
      terms[t - 1] = doubles(found.get(0));
      startErrors[t - 1] = doubles(found.get(1));
      noiseErrors[t - 1] = doubles(found.get(2));
      if (!listener.test(t)) {
        throw new CancellationException(
            "the evaluation was cancelled at step " + t + " of " + steps);
      }
    }
    return new Terms(terms, startErrors, noiseErrors, prior(start));
  }

  /** The bound's term, the error of x̂₀ and that of ε̂: a function of tensors alone. */
  private List<Tensor> evaluate(Tensor start, Tensor step, Tensor z, @Nullable Tensor labels) {
    return Autograd.noGrad(
        () -> {
          Tensor x = process.forward().sample(start, step, z);
          ReverseMoments p = process.moments(x, step, labels);
          return List.of(
              term.perSample(start, x, step, p),
              squaredError(p.start(), start),
              squaredError(process.noiseOf(x, step, p.start()), z));
        });
  }

  /** Evaluates at one step after another: recorded where the network may be. */
  @FunctionalInterface
  private interface Evaluation {
    List<Tensor> at(Tensor start, Tensor step, Tensor z, @Nullable Tensor labels);

    static Evaluation of(VariationalBound bound, Shape shape, @Nullable Tensor given) {
      if (!bound.process.isRecordable()) {
        return bound::evaluate;
      }
      List<Shape> shapes = new ArrayList<>(List.of(shape, Shape.of(shape.dim(0)), shape));
      if (given != null) {
        shapes.add(given.shape());
      }
      try {
        RecordedFunction function =
            RecordedFunction.of(
                shapes,
                in ->
                    bound.evaluate(
                        in.get(0), in.get(1), in.get(2), given == null ? null : in.get(3)));
        return (start, step, z, labels) -> {
          function.inputs().get(0).assign(start);
          function.inputs().get(1).assign(step);
          function.inputs().get(2).assign(z);
          if (labels != null) {
            function.inputs().get(3).assign(labels);
          }
          function.run();
          return function.outputs();
        };
      } catch (RecordingException e) {
        return bound::evaluate; // a thresholding that reads values
      }
    }
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

  private static Tensor squaredError(Tensor a, Tensor b) {
    return a.sub(b).square().reshape(a.shape().dim(0), -1).mean(1);
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
