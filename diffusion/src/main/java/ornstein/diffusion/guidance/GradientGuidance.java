package ornstein.diffusion.guidance;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.process.Guidance;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;

/**
 * Guidance by the gradient of a function: of the noisy images (Dhariwal and Nichol 2021, section 4:
 * a classifier that was trained on noisy images), or of the clean images that the network predicts
 * (Chung et al. 2023, "Diffusion Posterior Sampling", section 3.2: anything that knows clean images
 * alone), differentiated through the network.
 */
public final class GradientGuidance implements Guidance {
  private final LogLikelihood function;
  private final float weight;
  private final Form form;
  private final boolean ofPrediction;

  private GradientGuidance(LogLikelihood function, double weight, Form form, boolean prediction) {
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException("the weight of guidance must be finite, got " + weight);
    }
    this.function = function;
    this.weight = (float) weight;
    this.form = form;
    this.ofPrediction = prediction;
  }

  /**
   * Guidance by a function of the noisy images.
   *
   * @param function log f(y|x<sub>t</sub>)
   * @param weight w, the factor on its gradient; 1 is Bayes' rule
   * @param form where the gradient enters
   * @return the guidance
   * @throws IllegalArgumentException if the weight is not finite
   */
  public static GradientGuidance ofNoisy(LogLikelihood function, double weight, Form form) {
    return new GradientGuidance(function, weight, form, false);
  }

  /**
   * Guidance by a function of the predicted clean images.
   *
   * @param function log f(y|x̂<sub>0</sub>)
   * @param weight w, the factor on its gradient with respect to x<sub>t</sub>
   * @param form where the gradient enters
   * @return the guidance
   * @throws IllegalArgumentException if the weight is not finite
   */
  public static GradientGuidance ofPrediction(LogLikelihood function, double weight, Form form) {
    return new GradientGuidance(function, weight, form, true);
  }

  @Override
  public Form form() {
    return form;
  }

  @Override
  public Guided apply(
      Tensor x, Tensor time, @Nullable Tensor labels, Function<Tensor, Evaluation> network) {
    Tensor leaf = x.detach().requiresGrad();
    return Autograd.withGrad(
        () -> {
          if (ofPrediction) {
            Evaluation evaluation = network.apply(leaf);
            Tensor gradient = gradient(leaf, evaluation.start(), time, labels);
            return new Guided(evaluation.detach(), gradient);
          }
          Tensor gradient = gradient(leaf, leaf, time, labels);
          return new Guided(Autograd.noGrad(() -> network.apply(x)), gradient);
        });
  }

  private Tensor gradient(Tensor leaf, Tensor images, Tensor time, @Nullable Tensor labels) {
    Tensor values = function.of(images, time, labels);
    Shape expected = Shape.of(leaf.shape().dim(0));
    if (!values.shape().equals(expected)) {
      throw new ShapeException(
          "guidance needs one log-likelihood for each image, "
              + expected
              + ", got "
              + values.shape());
    }
    return values.sum().backward().get(leaf).mul(weight);
  }
}
