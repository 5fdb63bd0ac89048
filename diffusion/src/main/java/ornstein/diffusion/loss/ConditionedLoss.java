package ornstein.diffusion.loss;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.Concatenation;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Tensor;

/**
 * A loss of a network that sees, beside the noisy samples, something made of the clean ones.
 *
 * @param loss the loss
 * @param network takes samples with the condition's channels behind their own
 * @param condition what is made of clean samples, [N, …] of their shape but for the last axis: a
 *     function of tensors alone
 */
public record ConditionedLoss(Loss loss, Denoiser network, UnaryOperator<Tensor> condition)
    implements Loss {

  @Override
  public Tensor perSample(
      ReverseProcess process, Tensor start, Tensor step, Tensor noise, @Nullable Tensor labels) {
    Denoiser conditioned = Concatenation.denoiser(network, condition.apply(start));
    return loss.perSample(process.with(conditioned), start, step, noise, labels);
  }
}
