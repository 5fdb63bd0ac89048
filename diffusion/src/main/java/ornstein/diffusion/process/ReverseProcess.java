package ornstein.diffusion.process;

import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.program.ProgramCache;

/**
 * The learned reverse process: a network, what its output means, and what follows for
 * x̂<sub>0</sub> and for p(x<sub>t−1</sub>|x<sub>t</sub>). Samplers and losses are written against
 * it. Every method is a function of tensors alone (coefficients are looked up by the tensor of
 * steps).
 */
public final class ReverseProcess {
  /** Recorded steps that wait for their next use: two for each of two samplers or batch sizes. */
  private static final int IDLE_PROGRAMS = 4;

  private final ProgramCache programs;
  private final ForwardProcess forward;
  private final Denoiser denoiser;
  private final Parameterization parameterization;
  private final VarianceModel varianceModel;
  private final Thresholding thresholding;
  private final StepTable modelTime;
  private final Combination.Table target;
  private final Combination.Table start;
  private final Combination.Table noise;
  private final Combination.Table mean;
  private final StepTable variance;
  private final StepTable logVariance;
  private final boolean outputIsMean;

  /**
   * Composes a reverse process.
   *
   * @param diffusion the coefficients, of the chain to sample along
   * @param denoiser the network
   * @param parameterization what its output estimates
   * @param varianceModel the variance of the ancestral step
   * @param thresholding what is done to predictions of clean data
   */
  public ReverseProcess(
      GaussianDiffusion diffusion,
      Denoiser denoiser,
      Parameterization parameterization,
      VarianceModel varianceModel,
      Thresholding thresholding) {
    this(
        diffusion,
        denoiser,
        parameterization,
        varianceModel,
        thresholding,
        new ProgramCache(IDLE_PROGRAMS));
  }

  private ReverseProcess(
      GaussianDiffusion diffusion,
      Denoiser denoiser,
      Parameterization parameterization,
      VarianceModel varianceModel,
      Thresholding thresholding,
      ProgramCache programs) {
    this.programs = programs;
    this.forward = new ForwardProcess(diffusion);
    this.denoiser = denoiser;
    this.parameterization = parameterization;
    this.varianceModel = varianceModel;
    this.thresholding = thresholding;
    int steps = diffusion.steps();
    this.modelTime = StepTable.of(steps, diffusion.schedule()::modelTime);
    // An output means what it meant in training: the previous x is the long chain's.
    GaussianDiffusion trained = diffusion.original();
    SpacedSchedule kept = diffusion.schedule();
    this.target =
        new Combination.Table(steps, t -> parameterization.target(trained, kept.timestep(t)));
    this.start =
        new Combination.Table(steps, t -> parameterization.start(trained, kept.timestep(t)));
    this.outputIsMean = parameterization == Parameterization.PREVIOUS_X && steps == trained.steps();
    this.noise =
        new Combination.Table(
            steps,
            t -> {
              double ratio = diffusion.sqrtRecipAlphaBarMinusOne(t);
              return new Combination(diffusion.sqrtRecipAlphaBar(t) / ratio, -1 / ratio);
            });
    this.mean =
        new Combination.Table(
            steps,
            t -> {
              ReverseKernel posterior = diffusion.posterior(t, t - 1);
              return new Combination(posterior.kappa(), posterior.lambda());
            });
    this.variance = StepTable.of(steps, t -> varianceModel.variance(diffusion, t));
    this.logVariance = StepTable.of(steps, t -> varianceModel.logVariance(diffusion, t));
  }

  /**
   * The same network sampled along other timesteps of its chain.
   *
   * @param spacing which timesteps of the original schedule to visit
   * @return the respaced process
   * @throws IllegalArgumentException if the spacing has no choice for the original's length
   */
  public ReverseProcess respaced(TimestepSpacing spacing) {
    return new ReverseProcess(
        diffusion().respaced(spacing),
        denoiser,
        parameterization,
        varianceModel,
        thresholding,
        programs);
  }

  /**
   * The same process with another treatment of predictions.
   *
   * @param other what is done to predictions of clean data
   * @return the changed process
   */
  public ReverseProcess with(Thresholding other) {
    return new ReverseProcess(
        diffusion(), denoiser, parameterization, varianceModel, other, programs);
  }

  /**
   * Whether steps of this process may be recorded.
   *
   * @return whether the network {@linkplain Denoiser#isRecordable may}
   */
  public boolean isRecordable() {
    return denoiser.isRecordable();
  }

  /**
   * Steps that were recorded of this process and of those made from it.
   *
   * @return the cache, in which {@link #recordingKey} is part of each key
   */
  public ProgramCache programs() {
    return programs;
  }

  /**
   * What the operations of this process depend on beside shapes.
   *
   * @return equal for processes with one network and one cache that do the same
   */
  public Object recordingKey() {
    return List.of(diffusion().schedule(), parameterization, varianceModel, thresholding);
  }

  /**
   * The coefficients.
   *
   * @return the diffusion
   */
  public GaussianDiffusion diffusion() {
    return forward.diffusion();
  }

  /**
   * The forward process with the same coefficients.
   *
   * @return the forward process
   */
  public ForwardProcess forward() {
    return forward;
  }

  /**
   * What the network's output estimates.
   *
   * @return the parameterisation
   */
  public Parameterization parameterization() {
    return parameterization;
  }

  /**
   * Evaluates the network.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param labels [N], class numbers held as floats, or null without classes
   * @return the output, of the samples' shape
   * @throws ShapeException if the network returns another shape
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public Tensor output(Tensor x, Tensor step, @Nullable Tensor labels) {
    Tensor output = denoiser.predict(x, modelTime.at(step), labels);
    if (!output.shape().equals(x.shape())) {
      throw new ShapeException(
          "the network returned "
              + output.shape()
              + " for samples "
              + x.shape()
              + "; its output must have the samples' shape");
    }
    return output;
  }

  /**
   * What the network's output should have been.
   *
   * @param start x<sub>0</sub>, [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param noise the ε that x<sub>t</sub> was made with, of the samples' shape
   * @return the target of the parameterisation, of the samples' shape
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public Tensor target(Tensor start, Tensor step, Tensor noise) {
    // ε and x₀ are their own targets: no arithmetic, no rounding.
    return switch (parameterization) {
      case EPSILON -> noise;
      case START_X -> start;
      default -> target.of(step, start, noise);
    };
  }

  /**
   * Predicts the clean data.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param labels [N], class numbers held as floats, or null without classes
   * @return x̂<sub>0</sub> after thresholding, of the samples' shape
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public Tensor predictStart(Tensor x, Tensor step, @Nullable Tensor labels) {
    return startOf(x, step, output(x, step, labels));
  }

  /**
   * The noise that a prediction of the clean data implies, ε̂ = (x<sub>t</sub> − √ᾱ<sub>t</sub>
   * x̂<sub>0</sub>)/√(1−ᾱ<sub>t</sub>).
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param start x̂<sub>0</sub>, of the samples' shape
   * @return ε̂, of the samples' shape
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public Tensor noiseOf(Tensor x, Tensor step, Tensor start) {
    return noise.of(step, x, start);
  }

  /**
   * The ancestral transition p(x<sub>t−1</sub>|x<sub>t</sub>): the posterior with x̂<sub>0</sub> in
   * the place of x<sub>0</sub> (Ho et al. 2020, section 3.2). On the chain it was trained on, a
   * network that predicts the previous x gives the mean itself, whatever the thresholding.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param labels [N], class numbers held as floats, or null without classes
   * @return its mean and variance, with the prediction of the clean data
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public ReverseMoments moments(Tensor x, Tensor step, @Nullable Tensor labels) {
    Tensor output = output(x, step, labels);
    Tensor predicted = startOf(x, step, output);
    return new ReverseMoments(
        outputIsMean ? output : mean.of(step, x, predicted),
        variance.over(step, x),
        logVariance.over(step, x),
        predicted);
  }

  private Tensor startOf(Tensor x, Tensor step, Tensor output) {
    return thresholding.apply(
        parameterization == Parameterization.START_X ? output : start.of(step, x, output));
  }
}
