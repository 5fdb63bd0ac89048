package ornstein.diffusion.solver;

import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ContinuousProcess;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * Solves the probability-flow equation to a tolerance by Dormand and Prince's embedded pair of
 * orders 5 and 4 (Hairer, Nørsett and Wanner 1993, section II.5; the RK45 that Song et al. 2021,
 * "Score-Based Generative Modeling", section 4.3, sample with).
 *
 * <p>Each sample has step sizes of its own, so that it does not depend on the batch it is computed
 * in. The times of the grid are reached exactly; they only say when progress is reported.
 */
public final class AdaptiveRungeKutta implements Sampler {
  /** What float32 slopes can still tell apart. */
  private static final double LEAST_TOLERANCE = 1e-6;

  private static final double[] NODES = {0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1};
  private static final double[][] WEIGHTS = {
    {},
    {1.0 / 5},
    {3.0 / 40, 9.0 / 40},
    {44.0 / 45, -56.0 / 15, 32.0 / 9},
    {19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729},
    {9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656},
    {35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84}
  };

  /** Result of order 5 minus that of order 4. */
  private static final double[] ERROR = {
    71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40
  };

  private final double relative;
  private final double absolute;
  private final OdeVariable variable;
  private final TimeGrid grid;

  private AdaptiveRungeKutta(
      double relative, double absolute, OdeVariable variable, TimeGrid grid) {
    this.relative = relative;
    this.absolute = absolute;
    this.variable = variable;
    this.grid = grid;
  }

  /**
   * A solver in σ along the chain's timesteps.
   *
   * @param relative tolerance of an error relative to the sample, at least 10<sup>−6</sup>
   * @param absolute tolerance of an error, at least 10<sup>−6</sup>
   * @return the solver
   * @throws IllegalArgumentException if a tolerance is below what float32 can tell
   */
  public static AdaptiveRungeKutta of(double relative, double absolute) {
    if (!(relative >= LEAST_TOLERANCE && absolute >= LEAST_TOLERANCE)) {
      throw new IllegalArgumentException(
          "tolerances must be at least "
              + LEAST_TOLERANCE
              + ", what float32 can tell, got "
              + relative
              + " and "
              + absolute);
    }
    return new AdaptiveRungeKutta(relative, absolute, OdeVariable.SIGMA, TimeGrid.visited());
  }

  /**
   * The same in another variable.
   *
   * @param other the variable
   * @return the changed solver
   */
  public AdaptiveRungeKutta in(OdeVariable other) {
    return new AdaptiveRungeKutta(relative, absolute, other, grid);
  }

  /**
   * The same along other times.
   *
   * @param other the grid
   * @return the changed solver
   */
  public AdaptiveRungeKutta along(TimeGrid other) {
    return new AdaptiveRungeKutta(relative, absolute, variable, other);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the process has no continuous view, or begins in pure noise
   *     and the variable is infinite there
   */
  @Override
  public Iterator<SamplingStep> steps(
      ReverseProcess process, Tensor x, @Nullable Tensor labels, NoiseSource noise) {
    ContinuousProcess continuous = new ContinuousProcess(process);
    variable.requireFinite(continuous.schedule(), grid.times(continuous)[0]);
    Run run = new Run(continuous, labels, x.shape().dim(0));
    return new SolverChain(
        continuous, grid, x, (now, i, t, s) -> Autograd.noGrad(() -> run.step(now, t, s)));
  }

  @Override
  public String toString() {
    return "rk45";
  }

  private final class Run {
    private final ContinuousProcess process;
    private final @Nullable Tensor labels;
    private final double[] width;

    Run(ContinuousProcess process, @Nullable Tensor labels, int samples) {
      this.process = process;
      this.labels = labels;
      this.width = new double[samples];
    }

    SolverChain.Moved step(Tensor x, double t, double s) {
      NoiseSchedule schedule = process.schedule();
      Slope first = slope(x, times(t));
      double from = variable.of(schedule, t);
      double to = variable.of(schedule, s);
      Tensor y = x.mul((float) variable.scale(schedule, t));
      if (s == 0) {
        Tensor after = y.add(first.slope().mul((float) (to - from)));
        return new SolverChain.Moved(after, first.start());
      }
      Tensor after = integrate(y, first.slope(), from, to);
      return new SolverChain.Moved(
          after.mul((float) (1 / variable.scale(schedule, s))), first.start());
    }

    private Tensor integrate(Tensor start, Tensor firstSlope, double from, double to) {
      int n = width.length;
      double[] at = new double[n];
      Arrays.fill(at, from);
      Tensor y = start;
      Tensor[] slopes = new Tensor[NODES.length];
      slopes[0] = firstSlope;
      while (true) {
        double[] h = new double[n];
        boolean busy = false;
        for (int i = 0; i < n; i++) {
          double left = to - at[i];
          double wanted = width[i] == 0 ? left / 10 : -width[i];
          h[i] = left == 0 ? 0 : Math.max(left, wanted);
          busy |= left != 0;
        }
        if (!busy) {
          return y;
        }
        Tensor next = stages(y, slopes, at, h);
        double[] errors = errors(y, next, slopes, h);
        float[] accepted = new float[n];
        for (int i = 0; i < n; i++) {
          if (h[i] != 0) {
            accepted[i] = advance(i, at, h[i], errors[i], from, to);
          }
        }
        Tensor mask = perSample(accepted, y);
        y = y.add(next.sub(y).mul(mask));
        slopes[0] = slopes[0].add(slopes[NODES.length - 1].sub(slopes[0]).mul(mask));
      }
    }

    /** Moves a sample's place and chooses its next width; 1 if the step is accepted. */
    private float advance(int i, double[] at, double h, double error, double from, double to) {
      boolean accept = error <= 1;
      boolean last = at[i] + h == to || h == to - at[i];
      double factor = Math.clamp(0.9 * Math.pow(Math.max(error, 1e-10), -0.2), 0.2, 5.0);
      // The rest of an interval says little about the width of the next.
      width[i] = accept && last ? Math.max(width[i], -h * factor) : -h * factor;
      if (width[i] < 1e-7 * Math.abs(to - from)) {
        throw new ArithmeticException(
            "the solver's steps became too small to meet its tolerance; use a larger one, or a"
                + " solver of fixed steps");
      }
      if (accept) {
        at[i] = last ? to : at[i] + h;
      }
      return accept ? 1f : 0f;
    }

    private Tensor stages(Tensor y, Tensor[] slopes, double[] at, double[] h) {
      Tensor inner = y;
      for (int stage = 1; stage < NODES.length; stage++) {
        inner = y.add(combination(slopes, WEIGHTS[stage], h));
        double[] times = new double[at.length];
        float[] scales = new float[at.length];
        for (int i = 0; i < times.length; i++) {
          times[i] = variable.timeOf(process.schedule(), Math.max(0, at[i] + NODES[stage] * h[i]));
          scales[i] = (float) (1 / variable.scale(process.schedule(), times[i]));
        }
        slopes[stage] = slope(inner.mul(perSample(scales, inner)), times).slope();
      }
      return inner; // the last stage is at the result itself
    }

    /** Σ h_i w_j slope_j for each sample i. */
    private Tensor combination(Tensor[] slopes, double[] weights, double[] h) {
      Tensor sum = slopes[0].mul((float) weights[0]);
      for (int j = 1; j < weights.length; j++) {
        if (weights[j] != 0) {
          sum = sum.add(slopes[j].mul((float) weights[j]));
        }
      }
      float[] widths = new float[h.length];
      for (int i = 0; i < h.length; i++) {
        widths[i] = (float) h[i];
      }
      return sum.mul(perSample(widths, sum));
    }

    /** Root mean square of the estimated error over the tolerance, of each sample. */
    private double[] errors(Tensor y, Tensor next, Tensor[] slopes, double[] h) {
      float[] error = combination(slopes, ERROR, h).toArray();
      float[] before = y.toArray();
      float[] after = next.toArray();
      double[] norms = new double[h.length];
      int size = before.length / Math.max(1, h.length);
      for (int i = 0; i < h.length; i++) {
        double sum = 0;
        for (int k = i * size; k < (i + 1) * size; k++) {
          double scale = absolute + relative * Math.max(Math.abs(before[k]), Math.abs(after[k]));
          sum += (error[k] / scale) * (error[k] / scale);
        }
        norms[i] = Math.sqrt(sum / Math.max(1, size));
      }
      return norms;
    }

    private Slope slope(Tensor x, double[] times) {
      var p = process.predict(x, times, labels);
      return new Slope(variable.slope(p), p.start());
    }

    private double[] times(double t) {
      double[] times = new double[width.length];
      Arrays.fill(times, t);
      return times;
    }
  }

  private record Slope(Tensor slope, Tensor start) {}

  /** A number for each sample, in a shape that broadcasts over it. */
  private static Tensor perSample(float[] values, Tensor samples) {
    int[] dims = samples.shape().dims();
    Arrays.fill(dims, 1, dims.length, 1);
    return Tensor.of(values, dims);
  }
}
