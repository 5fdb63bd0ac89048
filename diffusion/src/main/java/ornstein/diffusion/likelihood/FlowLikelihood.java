package ornstein.diffusion.likelihood;

import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.diffusion.solver.OdeVariable;
import ornstein.diffusion.solver.Tableau;
import ornstein.diffusion.solver.TimeGrid;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * The exact log-likelihood of data under the probability flow, by the instantaneous change of
 * variables (Song et al. 2021, "Score-Based Generative Modeling", section 4.3 and appendix D.2):
 * log p(x<sub>0</sub>) = log N(x<sub>T</sub>) − D log s<sub>T</sub> + ∫ div<sub>y</sub> f du along
 * dy/du = f with y = s x, where u, s and f are those of an {@link OdeVariable}: σ, 1/√ᾱ and ε, for
 * one. Exact but for the steps of the solver, and for the first interval, in which the network is
 * asked at its end.
 */
public final class FlowLikelihood {
  private static final double BITS = 1 / Math.log(2);

  /** What 256 values over [−1, 1] add: log₂ of 1 over the width of a bin, 1/128. */
  private static final double BIN_BITS = 7;

  private final Tableau tableau;
  private final OdeVariable variable;
  private final TimeGrid grid;
  private final int probes;

  private FlowLikelihood(Tableau tableau, OdeVariable variable, TimeGrid grid, int probes) {
    this.tableau = tableau;
    this.variable = variable;
    this.grid = grid;
    this.probes = probes;
  }

  /**
   * With the divergence itself, which takes a backward pass for each coordinate: for points. Solved
   * in σ.
   *
   * @param tableau the method
   * @param grid the times, which must end at clean data
   * @return the likelihood
   */
  public static FlowLikelihood exact(Tableau tableau, TimeGrid grid) {
    return new FlowLikelihood(tableau, OdeVariable.SIGMA, grid, 0);
  }

  /**
   * With Hutchinson's estimate of the divergence, E vᵀJv over random signs v (Grathwohl et al.
   * 2019, "FFJORD", section 3.1): for images. The signs are a sample's own and stay along its flow.
   * Solved in σ.
   *
   * @param tableau the method
   * @param grid the times, which must end at clean data
   * @param probes how many v are averaged, at least 1
   * @return the likelihood
   * @throws IllegalArgumentException if there are no probes
   */
  public static FlowLikelihood hutchinson(Tableau tableau, TimeGrid grid, int probes) {
    if (probes < 1) {
      throw new IllegalArgumentException("at least 1 probe is needed, got " + probes);
    }
    return new FlowLikelihood(tableau, OdeVariable.SIGMA, grid, probes);
  }

  /**
   * The same in another variable.
   *
   * @param other the variable
   * @return the changed likelihood
   */
  public FlowLikelihood in(OdeVariable other) {
    return new FlowLikelihood(tableau, other, grid, probes);
  }

  /**
   * Evaluates the likelihood.
   *
   * @param process the reverse process; unbounded predictions (no thresholding) are the right ones
   * @param x clean samples [N, …]
   * @param labels [N], class numbers held as floats, or null without classes
   * @param noise where the random signs come from
   * @param listener told each step when it is done, from 1 up; false ends the evaluation
   * @return log p of each sample, [N], in nats
   * @throws IllegalArgumentException if the process has no continuous view, or the variable is
   *     infinite at the first time
   * @throws CancellationException if the listener ended it
   */
  public double[] logLikelihood(
      ReverseProcess process,
      Tensor x,
      @Nullable Tensor labels,
      NoiseSource noise,
      IntPredicate listener) {
    ContinuousProcess continuous = new ContinuousProcess(process);
    double[] times = grid.times(continuous);
    int steps = times.length - 1;
    NoiseSchedule schedule = continuous.schedule();
    variable.requireFinite(schedule, times[0]);
    if (times[steps] != 0) {
      throw new IllegalArgumentException("the last of the times must be 0, clean data");
    }
    Flow flow = new Flow(continuous, labels, noise, x);
    for (int i = steps; i > 0; i--) {
      double t = times[i];
      double s = times[i - 1];
      if (t == 0) {
        flow.leave(s);
      } else {
        flow.advance(t, s);
      }
      if (!listener.test(steps - i + 1) && i > 1) {
        throw new CancellationException(
            "the evaluation was cancelled after step " + (steps - i + 1) + " of " + steps);
      }
    }
    return flow.logLikelihood(1 / variable.scale(schedule, times[0]));
  }

  /**
   * A log-likelihood of images on 8 bits, seen as densities of values in [−1, 1], in bits for each
   * of their values.
   *
   * @param nats log p
   * @param dimensions D, the values of an image
   * @return −log₂ p/D + 7
   */
  public static double bitsPerDimension(double nats, int dimensions) {
    return -nats * BITS / dimensions + BIN_BITS;
  }

  private final class Flow {
    private final ContinuousProcess process;
    private final @Nullable Tensor labels;
    private final Tensor[] signs;
    private final double[] gained;
    private Tensor y;

    Flow(ContinuousProcess process, @Nullable Tensor labels, NoiseSource noise, Tensor x) {
      this.process = process;
      this.labels = labels;
      this.y = x;
      this.gained = new double[x.shape().dim(0)];
      this.signs = new Tensor[probes];
      for (int k = 0; k < probes; k++) {
        float[] v = noise.draw(k, x.shape()).toArray();
        for (int i = 0; i < v.length; i++) {
          v[i] = v[i] < 0 ? -1 : 1;
        }
        signs[k] = Tensor.of(x.shape(), v);
      }
    }

    /**
     * From clean data to a first time, with the noise that is seen at its end. In σ, whatever the
     * variable: the data are known, so that only the noise is to be asked for.
     */
    void leave(double s) {
      advance(OdeVariable.SIGMA, Tableau.EULER, 0, s);
      double change =
          variable.scale(process.schedule(), s) / OdeVariable.SIGMA.scale(process.schedule(), s);
      int each = y.shape().size() / gained.length;
      y = y.mul((float) change);
      for (int n = 0; n < gained.length; n++) {
        gained[n] += each * Math.log(change);
      }
    }

    /** From one time to a noisier one. */
    void advance(double t, double s) {
      advance(variable, tableau, t, s);
    }

    private void advance(OdeVariable along, Tableau method, double t, double s) {
      NoiseSchedule schedule = process.schedule();
      double from = along.of(schedule, t);
      double width = along.of(schedule, s) - from;
      int stages = method.stages();
      Tensor[] slopes = new Tensor[stages];
      double[][] divergences = new double[stages][];
      for (int i = 0; i < stages; i++) {
        double node = method.node(i);
        // Nothing can be asked at time 0: the first interval asks at its end.
        double at =
            t == 0 || node == 1 ? s : node == 0 ? t : along.timeOf(schedule, from + node * width);
        Tensor inner = y;
        for (int j = 0; j < i; j++) {
          inner = inner.add(slopes[j].mul((float) (width * method.weight(i, j))));
        }
        double back = 1 / along.scale(schedule, at);
        Slope slope = slope(along, inner.mul((float) back), at);
        slopes[i] = slope.value();
        divergences[i] = slope.divergence();
        for (int n = 0; n < gained.length; n++) {
          gained[n] += width * method.weight(stages, i) * back * divergences[i][n];
        }
      }
      for (int j = 0; j < stages; j++) {
        y = y.add(slopes[j].mul((float) (width * method.weight(stages, j))));
      }
    }

    /** The right-hand side, and the divergence of it by x of each sample. */
    @SuppressWarnings("ArrayRecordComponent") // goes from one method to the next
    private record Slope(Tensor value, double[] divergence) {}

    private Slope slope(OdeVariable along, Tensor x, double t) {
      double[] times = new double[gained.length];
      Arrays.fill(times, t);
      return Autograd.withGrad(
          () -> {
            Tensor leaf = x.detach().requiresGrad();
            Tensor value = along.slope(process.predict(leaf, times, labels));
            double[] divergence =
                probes == 0 ? exactDivergence(leaf, value) : estimatedDivergence(leaf, value);
            return new Slope(value.detach(), divergence);
          });
    }

    private double[] estimatedDivergence(Tensor leaf, Tensor value) {
      double[] sums = new double[gained.length];
      for (Tensor v : signs) {
        float[] product = value.backward(v).get(leaf).mul(v).toArray();
        int each = product.length / sums.length;
        for (int i = 0; i < product.length; i++) {
          sums[i / each] += product[i] / (double) probes;
        }
      }
      return sums;
    }

    private double[] exactDivergence(Tensor leaf, Tensor value) {
      Shape shape = leaf.shape();
      double[] sums = new double[gained.length];
      int each = shape.size() / sums.length;
      for (int d = 0; d < each; d++) {
        float[] unit = new float[shape.size()];
        for (int i = d; i < unit.length; i += each) {
          unit[i] = 1;
        }
        float[] row = value.backward(Tensor.of(shape, unit)).get(leaf).toArray();
        for (int i = 0; i < sums.length; i++) {
          sums[i] += row[i * each + d];
        }
      }
      return sums;
    }

    /** With the factor that makes samples of y. */
    double[] logLikelihood(double back) {
      float[] last = y.toArray();
      double[] logs = gained.clone();
      int each = last.length / Math.max(1, logs.length);
      for (int i = 0; i < last.length; i++) {
        double x = back * last[i];
        logs[i / each] += -0.5 * (x * x + Math.log(2 * Math.PI)) + Math.log(back);
      }
      return logs;
    }
  }
}
