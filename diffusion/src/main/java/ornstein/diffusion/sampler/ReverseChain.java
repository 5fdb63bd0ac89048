package ornstein.diffusion.sampler;

import java.util.Iterator;
import java.util.NoSuchElementException;
import ornstein.diffusion.process.GaussianDiffusion;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/** Walks a chain from its last step to clean data, one transition at a time. */
final class ReverseChain implements Iterator<SamplingStep> {
  /** The draw of the step to clean data, which takes no noise. */
  static final int LAST_DRAW = 1;

  private final GaussianDiffusion diffusion;
  private final Transition transition;
  private Tensor x;
  private int step;

  ReverseChain(GaussianDiffusion diffusion, Tensor x, Transition transition) {
    this.diffusion = diffusion;
    this.transition = transition;
    this.x = x;
    this.step = diffusion.steps();
  }

  /** One transition of a batch: a function of tensors, but for the number of the draw. */
  @FunctionalInterface
  interface Transition {

    /**
     * From x at a step [N] to the sample one step on, with noise number {@code draw} if any; none
     * at {@link #LAST_DRAW}.
     */
    Moved apply(Tensor x, Tensor step, int draw);
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
    Tensor steps = Tensor.full(Shape.of(x.shape().dim(0)), step);
    Moved moved = Autograd.noGrad(() -> transition.apply(x, steps, step));
    int total = diffusion.steps();
    int timestep = diffusion.schedule().timestep(step);
    step--;
    x = moved.x();
    return new SamplingStep(total - step, total, timestep, x, moved.start());
  }
}
