package ornstein.diffusion.process;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.schedule.InterpolatedSchedule;
import ornstein.diffusion.schedule.NoiseSchedule;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.program.ProgramCache;
import ornstein.engine.program.RecordedFunction;
import ornstein.engine.program.RecordingException;

/**
 * A {@link ReverseProcess} at any real time t in (0, T], and at another time for each sample: what
 * solvers of differential equations are written against. At whole t it is the original chain's step
 * t; between them the schedule is {@linkplain InterpolatedSchedule interpolated} and the network is
 * told fractions of timesteps. The evaluation is recorded once and run from then on, where the
 * network may be.
 */
public final class ContinuousProcess {
  /** Coefficients of a sample: rows of one tensor, so that a recorded evaluation has one input. */
  private static final int INPUT_SCALE = 0;

  private static final int START = 1;
  private static final int START_PER_SCORE = 3;
  private static final int NOISE = 4;
  private static final int ROWS = 6;

  private final ReverseProcess process;
  private final NoiseSchedule schedule;
  private boolean recordable;

  /** Everything that a recorded evaluation depends on. */
  private record Key(Object kernels, Object process, Shape x, boolean labels) {}

  /**
   * The continuous view of a process.
   *
   * @param process the process
   * @throws IllegalArgumentException if the network's output has no meaning between steps, or
   *     guidance enters a mean that only steps have
   */
  public ContinuousProcess(ReverseProcess process) {
    if (process.parameterization().isOfStep()) {
      throw new IllegalArgumentException(
          "a network that predicts the previous x says nothing between the steps of its chain; it"
              + " can be sampled by ddpm or ddim, not by a solver");
    }
    Guidance guidance = process.guidance();
    if (guidance != null && guidance.form() == Guidance.Form.MEAN) {
      throw new IllegalArgumentException(
          "a solver's step has no mean that a gradient could be added to; guide the score instead");
    }
    this.process = process;
    this.schedule = new InterpolatedSchedule(process.diffusion().schedule().original());
    this.recordable = process.isRecordable();
  }

  /**
   * The process that this is a view of.
   *
   * @return the process
   */
  public ReverseProcess process() {
    return process;
  }

  /**
   * The schedule.
   *
   * @return ᾱ in continuous time, in timesteps of the original chain
   */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /**
   * What the network sees behind a batch at one time.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param t the time, in (0, T]
   * @param labels [N], class numbers held as floats, or null without classes
   * @return predictions of clean data and noise, thresholded and guided as the process says
   */
  public Prediction predict(Tensor x, double t, @Nullable Tensor labels) {
    double[] times = new double[x.shape().dim(0)];
    Arrays.fill(times, t);
    return predict(x, times, labels);
  }

  /**
   * What the network sees behind a batch of samples at times of their own. If x {@linkplain
   * Tensor#requiresGrad requires a gradient}, the result can be differentiated.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param times the time of each sample, N of them, in (0, T]
   * @param labels [N], class numbers held as floats, or null without classes
   * @return predictions of clean data and noise, thresholded and guided as the process says
   */
  public Prediction predict(Tensor x, double[] times, @Nullable Tensor labels) {
    Tensor time = Tensor.of(modelTimes(times));
    Tensor coefficients = Tensor.of(coefficients(times), ROWS, times.length);
    if (x.needsGradient()) {
      return evaluate(x, time, coefficients, labels);
    }
    if (recordable) {
      try {
        return recorded(x, time, coefficients, labels);
      } catch (RecordingException e) {
        // A thresholding or guidance that reads values: the code itself does it.
        recordable = false;
      }
    }
    return Autograd.noGrad(() -> evaluate(x, time, coefficients, labels));
  }

  private float[] modelTimes(double[] times) {
    float[] told = new float[times.length];
    for (int i = 0; i < told.length; i++) {
      told[i] = (float) process.diffusion().schedule().modelTimeOf(times[i]);
    }
    return told;
  }

  private float[] coefficients(double[] times) {
    int n = times.length;
    float[] rows = new float[ROWS * n];
    for (int i = 0; i < n; i++) {
      double t = times[i];
      if (!(t > 0)) {
        throw new IllegalArgumentException("clean data, at time " + t + ", has nothing to predict");
      }
      GaussianKernel marginal = new GaussianKernel(schedule.alpha(t), schedule.noiseVariance(t));
      Combination start = process.parameterization().start(marginal);
      Combination noise = marginal.noise();
      rows[INPUT_SCALE * n + i] = (float) process.parameterization().inputScale(marginal);
      rows[START * n + i] = (float) start.first();
      rows[(START + 1) * n + i] = (float) start.second();
      rows[START_PER_SCORE * n + i] = (float) marginal.startPerScore();
      rows[NOISE * n + i] = (float) noise.first();
      rows[(NOISE + 1) * n + i] = (float) noise.second();
    }
    return rows;
  }

  private Prediction recorded(Tensor x, Tensor time, Tensor coefficients, @Nullable Tensor labels) {
    ProgramCache cache = process.programs();
    Key key = new Key(KernelsProvider.current(), process.recordingKey(), x.shape(), labels != null);
    RecordedFunction function = cache.take(key, () -> record(x.shape(), labels));
    List<Tensor> inputs = function.inputs();
    inputs.get(0).assign(x);
    inputs.get(1).assign(time);
    inputs.get(2).assign(coefficients);
    if (labels != null) {
      inputs.get(3).assign(labels);
    }
    function.run();
    List<Tensor> outputs = function.outputs();
    Prediction prediction = new Prediction(outputs.get(0).copy(), outputs.get(1).copy());
    cache.give(key, function);
    return prediction;
  }

  private RecordedFunction record(Shape x, @Nullable Tensor labels) {
    int n = x.dim(0);
    List<Shape> shapes = new ArrayList<>(List.of(x, Shape.of(n), Shape.of(ROWS, n)));
    if (labels != null) {
      shapes.add(labels.shape());
    }
    return RecordedFunction.of(
        shapes,
        inputs ->
            Autograd.noGrad(
                () -> {
                  Tensor own = labels == null ? null : inputs.get(3);
                  Prediction p = evaluate(inputs.get(0), inputs.get(1), inputs.get(2), own);
                  return List.of(p.start(), p.noise());
                }));
  }

  private Prediction evaluate(Tensor x, Tensor time, Tensor coefficients, @Nullable Tensor labels) {
    Tensor start = thresholded(x, time, coefficients, labels);
    return new Prediction(start, combination(coefficients, NOISE, x, start));
  }

  private Tensor thresholded(Tensor x, Tensor time, Tensor coefficients, @Nullable Tensor labels) {
    Guidance guidance = process.guidance();
    Thresholding thresholding = process.thresholding();
    if (guidance == null) {
      return thresholding.apply(unguided(x, time, coefficients, labels).start());
    }
    Guidance.Guided guided =
        guidance.apply(x, time, labels, noisy -> unguided(noisy, time, coefficients, labels));
    Tensor moved = row(coefficients, START_PER_SCORE, x).mul(guided.gradient());
    return thresholding.apply(guided.unguided().start().add(moved));
  }

  private Guidance.Evaluation unguided(
      Tensor x, Tensor time, Tensor coefficients, @Nullable Tensor labels) {
    NetworkOutput output =
        process.network().output(x, () -> row(coefficients, INPUT_SCALE, x), time, labels);
    Tensor start =
        process.parameterization() == Parameterization.START_X
            ? output.value()
            : combination(coefficients, START, x, output.value());
    return new Guidance.Evaluation(output, start);
  }

  private static Tensor combination(Tensor coefficients, int first, Tensor p, Tensor q) {
    return row(coefficients, first, p).mul(p).add(row(coefficients, first + 1, q).mul(q));
  }

  /** A coefficient in a shape that broadcasts over the samples. */
  private static Tensor row(Tensor coefficients, int row, Tensor samples) {
    int[] dims = samples.shape().dims();
    Arrays.fill(dims, 1, dims.length, 1);
    return coefficients.slice(0, row, row + 1).reshape(dims);
  }
}
