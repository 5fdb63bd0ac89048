package ornstein.diffusion.sampler;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.program.RecordingException;

/**
 * Walks a chain from its last step to clean data, one transition at a time. Where the network may
 * be recorded, a transition is recorded once and run for each step.
 */
final class ReverseChain implements Iterator<SamplingStep> {
  private final ReverseProcess process;
  private final Object sampler;
  private final Transition transition;
  private final @Nullable Tensor labels;
  private final NoiseSource noise;
  private final boolean stochastic;
  private boolean recordable;
  private @Nullable StepProgram program;
  private Tensor x;
  private int step;

  /**
   * A chain at its start.
   *
   * @param process the reverse process
   * @param sampler says which transition it is, by {@code equals}
   * @param stochastic whether the transition takes noise, in all steps but the one to clean data
   */
  ReverseChain(
      ReverseProcess process,
      Object sampler,
      boolean stochastic,
      Tensor x,
      @Nullable Tensor labels,
      NoiseSource noise,
      Transition transition) {
    this.process = process;
    this.sampler = sampler;
    this.stochastic = stochastic;
    this.transition = transition;
    this.labels = labels;
    this.noise = noise;
    this.recordable = process.isRecordable();
    this.x = x;
    this.step = process.diffusion().steps();
  }

  /** One transition of a batch: a function of tensors alone. */
  @FunctionalInterface
  interface Transition {

    /** From x at a step [N] to the sample one step on, with noise z unless that is null. */
    Moved apply(Tensor x, Tensor step, @Nullable Tensor labels, @Nullable Tensor z);
  }

  /** The sample after a transition and the clean data predicted before it. */
  record Moved(Tensor x, Tensor start) {}

  @Override
  public boolean hasNext() {
    return step > 0;
  }

  @Override
  public SamplingStep next() {
    if (step == 0) {
      throw new NoSuchElementException("the chain has ended");
    }
    boolean noisy = stochastic && step > 1;
    GaussianDiffusion diffusion = process.diffusion();
    int timestep = diffusion.schedule().timestep(step);
    StepProgram recorded = recordable ? recorded(noisy) : null;
    if (recorded != null) {
      recorded.run(step, noise);
      return recordedStep(recorded, timestep);
    }
    Tensor steps = Tensor.full(Shape.of(x.shape().dim(0)), step);
    Moved moved =
        Autograd.noGrad(
            () -> transition.apply(x, steps, labels, noisy ? noise.draw(step, x.shape()) : null));
    step--;
    x = moved.x();
    Tensor after = x;
    return step(timestep, () -> after, moved::start);
  }

  private SamplingStep step(int timestep, Supplier<Tensor> after, Supplier<Tensor> start) {
    int total = process.diffusion().steps();
    return new SamplingStep(total - step, total, timestep, x.shape(), after, start);
  }

  private SamplingStep recordedStep(StepProgram recorded, int timestep) {
    step--;
    if (step == 0) {
      Tensor after = recorded.x().copy();
      Tensor start = recorded.start().copy();
      recorded.giveBack();
      program = null;
      return step(timestep, () -> after, () -> start);
    }
    int made = step;
    return step(timestep, () -> present(made, recorded.x()), () -> present(made, recorded.start()));
  }

  /** A copy of what a step made, unless another step has overwritten it. */
  private Tensor present(int made, Tensor tensor) {
    if (step != made) {
      throw new IllegalStateException(
          "the tensors of a sampling step must be taken before the next step is made");
    }
    return tensor.copy();
  }

  /** The recorded transition, fed with the present sample; null if it cannot be recorded. */
  private @Nullable StepProgram recorded(boolean noisy) {
    StepProgram old = program;
    if (old != null && old.noisy() == noisy) {
      return old;
    }
    try {
      StepProgram next =
          StepProgram.take(process, sampler, transition, x, labels, noisy ? noise : null);
      next.begin(old == null ? x : old.x(), labels);
      if (old != null) {
        old.giveBack();
      }
      program = next;
      return next;
    } catch (RecordingException e) {
      // A thresholding or parameterisation that reads values: the code itself does it.
      recordable = false;
      return null;
    }
  }
}
