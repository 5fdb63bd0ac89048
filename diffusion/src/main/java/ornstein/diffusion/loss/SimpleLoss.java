package ornstein.diffusion.loss;

import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Tensor;

/**
 * L<sub>simple</sub>: the squared error between the network's output and its target, averaged over
 * the coordinates of each sample (Ho et al. 2020, equation 14). For a network that predicts ε it is
 * the published objective; for the others the same with their own target.
 */
public final class SimpleLoss implements Loss {

  /** Creates the loss. */
  public SimpleLoss() {}

  @Override
  public Tensor perSample(
      ReverseProcess process, Tensor start, Tensor step, Tensor noise, @Nullable Tensor labels) {
    Tensor x = process.forward().sample(start, step, noise);
    Tensor error = process.output(x, step, labels).value().sub(process.target(start, step, noise));
    Tensor squares = error.square();
    return squares.reshape(start.shape().dim(0), -1).mean(1);
  }

  @Override
  public String toString() {
    return "simple";
  }
}
