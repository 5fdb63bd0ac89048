package ornstein.diffusion.process;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.schedule.SpacedSchedule;
import ornstein.diffusion.schedule.TimestepSpacing;
import ornstein.engine.Tensor;
import ornstein.engine.program.ProgramCache;

/**
 * The learned reverse process: a network, what its output means, and what follows for
 * x̂<sub>0</sub> and for p(x<sub>t−1</sub>|x<sub>t</sub>). Samplers and losses are written against
 * it. Every method is a function of tensors alone (coefficients are looked up by the tensor of
 * steps); {@link ContinuousProcess} is the same between steps.
 */
public final class ReverseProcess {
  /**
   * Recorded steps that wait for their next use: two for each of eight samplers, numbers of steps
   * or batch sizes. To record a step takes about as long as to make it.
   */
  private static final int IDLE_PROGRAMS = 16;

  /** They may take this share of the heap. */
  private static final int IDLE_SHARE = 8;

  private final ProgramCache programs;
  private final ForwardProcess forward;
  private final NoisyNetwork network;
  private final ReverseVariance varianceModel;
  private final Thresholding thresholding;
  private final @Nullable Guidance guidance;
  private final StepTable modelTime;
  private final StepTable inputScale;
  private final Combination.Table target;
  private final Combination.Table start;
  private final Combination.Table noise;
  private final Combination.Table mean;
  private final StepTable gradientScale;
  private final ReverseVariance.Along variance;
  private final boolean outputIsMean;

  /**
   * Composes a reverse process.
   *
   * @param diffusion the coefficients, of the chain to sample along
   * @param denoiser the network
   * @param parameterization what its output estimates
   * @param varianceModel the variance of the ancestral step
   * @param thresholding what is done to predictions of clean data
   * @throws IllegalArgumentException if the chain's last step leaves no signal and the network's
   *     output says nothing of clean data there
   */
  public ReverseProcess(
      GaussianDiffusion diffusion,
      Denoiser denoiser,
      Parameterization parameterization,
      ReverseVariance varianceModel,
      Thresholding thresholding) {
    this(
        diffusion,
        new NoisyNetwork(denoiser, parameterization, varianceModel.isLearned()),
        varianceModel,
        thresholding,
        null,
        newCache());
  }

  private ReverseProcess(
      GaussianDiffusion diffusion,
      NoisyNetwork network,
      ReverseVariance varianceModel,
      Thresholding thresholding,
      @Nullable Guidance guidance,
      ProgramCache programs) {
    Parameterization parameterization = network.parameterization();
    requireSignal(diffusion, parameterization, guidance);
    this.programs = programs;
    this.forward = new ForwardProcess(diffusion);
    this.network = network;
    this.varianceModel = varianceModel;
    this.thresholding = thresholding;
    this.guidance = guidance;
    int steps = diffusion.steps();
    this.modelTime = StepTable.of(steps, diffusion.schedule()::modelTime);
    this.inputScale = StepTable.of(steps, t -> parameterization.inputScale(diffusion.marginal(t)));
    // An output means what it meant in training: the previous x is the long chain's.
    GaussianDiffusion trained = diffusion.original();
    SpacedSchedule kept = diffusion.schedule();
    this.target =
        new Combination.Table(steps, t -> parameterization.target(trained, kept.timestep(t)));
    this.start =
        new Combination.Table(steps, t -> parameterization.start(trained, kept.timestep(t)));
    this.outputIsMean = parameterization == Parameterization.PREVIOUS_X && steps == trained.steps();
    this.noise = new Combination.Table(steps, t -> diffusion.marginal(t).noise());
    this.mean =
        new Combination.Table(
            steps,
            t -> {
              ReverseKernel posterior = diffusion.posterior(t, t - 1);
              return new Combination(posterior.kappa(), posterior.lambda());
            });
    this.gradientScale = StepTable.of(steps, t -> diffusion.marginal(t).startPerScore());
    this.variance = varianceModel.along(diffusion);
  }

  private static void requireSignal(
      GaussianDiffusion d, Parameterization parameterization, @Nullable Guidance guidance) {
    if (d.alphaBar(d.steps()) > 0) {
      return;
    }
    if (parameterization.needsSignal()) {
      throw new IllegalArgumentException(
          "the schedule ends in pure noise, of which a network that predicts "
              + parameterization.configurationName()
              + " says nothing; use v, start_x or flow, or another schedule");
    }
    if (guidance != null) {
      throw new IllegalArgumentException(
          "the schedule ends in pure noise, where a gradient has no finite effect on the"
              + " prediction; leave guidance out, or use another schedule");
    }
  }

  /**
   * The same network sampled along other timesteps of its chain.
   *
   * @param spacing which timesteps of the original schedule to visit
   * @return the respaced process
   * @throws IllegalArgumentException if the spacing has no choice for the original's length, or the
   *     variance is not known for its choice
   */
  public ReverseProcess respaced(TimestepSpacing spacing) {
    return new ReverseProcess(
        diffusion().respaced(spacing), network, varianceModel, thresholding, guidance, programs);
  }

  /**
   * The same process with another treatment of predictions.
   *
   * @param other what is done to predictions of clean data
   * @return the changed process
   */
  public ReverseProcess with(Thresholding other) {
    return new ReverseProcess(diffusion(), network, varianceModel, other, guidance, programs);
  }

  /**
   * The same process with another network of the same kind of output.
   *
   * @param other the network
   * @return the changed process, which shares no recordings with this one
   */
  public ReverseProcess with(Denoiser other) {
    return new ReverseProcess(
        diffusion(),
        new NoisyNetwork(other, parameterization(), varianceModel.isLearned()),
        varianceModel,
        thresholding,
        guidance,
        newCache());
  }

  private static ProgramCache newCache() {
    return new ProgramCache(IDLE_PROGRAMS, Runtime.getRuntime().maxMemory() / IDLE_SHARE);
  }

  /**
   * The same process under guidance.
   *
   * @param other what pulls samples, or null for nothing
   * @return the changed process
   * @throws IllegalArgumentException if the chain ends in pure noise
   */
  public ReverseProcess with(@Nullable Guidance other) {
    return new ReverseProcess(diffusion(), network, varianceModel, thresholding, other, programs);
  }

  /**
   * The same process with another variance of the ancestral step.
   *
   * @param other the variance; learned only if this one's is
   * @return the changed process
   * @throws IllegalArgumentException if the network does not say its variance but should, or the
   *     other variance is not known for this chain
   */
  public ReverseProcess with(ReverseVariance other) {
    if (other.isLearned() && !varianceModel.isLearned()) {
      throw new IllegalArgumentException("the network was not trained to say its variance");
    }
    return new ReverseProcess(diffusion(), network, other, thresholding, guidance, programs);
  }

  /**
   * Whether steps of this process may be recorded.
   *
   * @return whether the network {@linkplain Denoiser#isRecordable may}
   */
  public boolean isRecordable() {
    return network.isRecordable();
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
    return Arrays.asList(
        diffusion().schedule(), parameterization(), varianceModel, thresholding, guidance);
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
    return network.parameterization();
  }

  /**
   * The variance of the ancestral step.
   *
   * @return where it comes from
   */
  public ReverseVariance varianceModel() {
    return varianceModel;
  }

  /**
   * What is done to predictions of clean data.
   *
   * @return the thresholding
   */
  public Thresholding thresholding() {
    return thresholding;
  }

  /**
   * What pulls samples.
   *
   * @return the guidance, or null
   */
  public @Nullable Guidance guidance() {
    return guidance;
  }

  /** The network with the meaning of its output. */
  NoisyNetwork network() {
    return network;
  }

  /**
   * Evaluates the network.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param labels [N], class numbers held as floats, or null without classes
   * @return the output
   * @throws ornstein.engine.ShapeException if the network returns another shape
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public NetworkOutput output(Tensor x, Tensor step, @Nullable Tensor labels) {
    return network.output(x, () -> inputScale.over(step, x), modelTime.at(step), labels);
  }

  /**
   * The times of steps as networks are told them.
   *
   * @param step [N], steps from 1 to T held as floats
   * @return [N]
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public Tensor modelTime(Tensor step) {
    return modelTime.at(step);
  }

  /**
   * The network itself, at any time that it can be told.
   *
   * @param x what it is shown, [N, …]
   * @param time [N], as it is told
   * @param labels [N], class numbers held as floats, or null without classes
   * @return its output as it is, of twice the channels with a learned variance
   */
  public Tensor denoise(Tensor x, Tensor time, @Nullable Tensor labels) {
    return network.denoiser().predict(x, time, labels);
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
    return switch (parameterization()) {
      case EPSILON -> noise;
      case START_X -> start;
      default -> target.of(step, start, noise);
    };
  }

  /**
   * Predicts the clean data, guided if the process is.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param labels [N], class numbers held as floats, or null without classes
   * @return x̂<sub>0</sub> after thresholding, of the samples' shape
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   * @throws IllegalStateException if the guidance enters the ancestral step's mean, which this is
   *     not
   */
  public Tensor predictStart(Tensor x, Tensor step, @Nullable Tensor labels) {
    if (guidance == null) {
      return thresholding.apply(startOf(x, step, output(x, step, labels)));
    }
    if (guidance.form() == Guidance.Form.MEAN) {
      throw new IllegalStateException(
          "this sampler has no mean that a gradient could be added to; guide the score instead, or"
              + " use the ancestral sampler");
    }
    return guidedStart(x, step, guided(guidance, x, step, labels));
  }

  private Guidance.Guided guided(Guidance pull, Tensor x, Tensor step, @Nullable Tensor labels) {
    return pull.apply(
        x,
        modelTime.at(step),
        labels,
        noisy -> {
          NetworkOutput output = output(noisy, step, labels);
          return new Guidance.Evaluation(output, startOf(noisy, step, output));
        });
  }

  private Tensor guidedStart(Tensor x, Tensor step, Guidance.Guided guided) {
    Tensor moved = gradientScale.over(step, x).mul(guided.gradient());
    return thresholding.apply(guided.unguided().start().add(moved));
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
   * the place of x<sub>0</sub> (Ho et al. 2020, section 3.2), guided if the process is.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param labels [N], class numbers held as floats, or null without classes
   * @return its mean and variance, with the prediction of the clean data
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public ReverseMoments moments(Tensor x, Tensor step, @Nullable Tensor labels) {
    if (guidance == null) {
      return momentsOf(x, step, output(x, step, labels));
    }
    Guidance.Guided guided = guided(guidance, x, step, labels);
    ReverseMoments unguided = momentsOf(x, step, guided.unguided().output());
    if (guidance.form() == Guidance.Form.MEAN) {
      return unguided.withMean(unguided.mean().add(unguided.variance().mul(guided.gradient())));
    }
    Tensor predicted = guidedStart(x, step, guided);
    return new ReverseMoments(
        mean.of(step, x, predicted), unguided.variance(), unguided.logVariance(), predicted);
  }

  /**
   * The ancestral transition that an output of the network means. On the chain it was trained on, a
   * network that predicts the previous x gives the mean itself, whatever the thresholding. Guidance
   * has no part in it.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param step [N], steps from 1 to T held as floats
   * @param output what the network said of them
   * @return its mean and variance, with the prediction of the clean data
   * @throws IndexOutOfBoundsException if a step is outside 1 … T
   */
  public ReverseMoments momentsOf(Tensor x, Tensor step, NetworkOutput output) {
    Tensor predicted = thresholding.apply(startOf(x, step, output));
    return new ReverseMoments(
        outputIsMean ? output.value() : mean.of(step, x, predicted),
        variance.variance(step, x, output.variance()),
        variance.logVariance(step, x, output.variance()),
        predicted);
  }

  private Tensor startOf(Tensor x, Tensor step, NetworkOutput output) {
    return parameterization() == Parameterization.START_X
        ? output.value()
        : start.of(step, x, output.value());
  }
}
