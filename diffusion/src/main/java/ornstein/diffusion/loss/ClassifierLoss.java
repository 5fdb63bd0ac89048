package ornstein.diffusion.loss;

import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;

/**
 * The cross-entropy of a classifier that sees noisy or clean samples: what it learns is
 * p(y|x<sub>t</sub>) (Dhariwal and Nichol 2021, section 4). Of the process only the forward half is
 * used.
 *
 * @param classifier logits [N, K] of samples [N, …] and times [N] as networks are told them
 * @param noisy whether samples are noised; if not, all are clean and of time 0
 */
public record ClassifierLoss(BinaryOperator<Tensor> classifier, boolean noisy) implements Loss {

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if there are no labels
   */
  @Override
  public Tensor perSample(
      ReverseProcess process, Tensor start, Tensor step, Tensor noise, @Nullable Tensor labels) {
    if (labels == null) {
      throw new IllegalArgumentException("a classifier is trained on samples with labels");
    }
    if (!noisy) {
      return Functional.crossEntropy(classifier.apply(start, step.mul(0)), labels);
    }
    Tensor x = process.forward().sample(start, step, noise);
    return Functional.crossEntropy(classifier.apply(x, process.modelTime(step)), labels);
  }
}
