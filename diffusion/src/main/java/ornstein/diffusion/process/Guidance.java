package ornstein.diffusion.process;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Tensor;

/**
 * Pulls samples towards what a function calls likely: by w ∇ log f(x<sub>t</sub>), the gradient of
 * a log-likelihood with respect to the noisy sample (Dhariwal and Nichol 2021, "Diffusion Models
 * Beat GANs", section 4).
 */
public interface Guidance {

  /** Where the gradient enters the reverse step. */
  enum Form {
    /**
     * In the score, ε̂ = ε − √(1−ᾱ<sub>t</sub>) w ∇ log f (Dhariwal and Nichol 2021, algorithm 2):
     * for every sampler.
     */
    SCORE,
    /**
     * In the mean of the ancestral step, μ + w Σ ∇ log f (Dhariwal and Nichol 2021, algorithm 1):
     * for samplers that draw from it.
     */
    MEAN
  }

  /**
   * Where the gradient enters.
   *
   * @return the form
   */
  Form form();

  /**
   * Evaluates network and gradient.
   *
   * @param x x<sub>t</sub>, [N, …]
   * @param time [N], the time of each sample as networks are told it
   * @param labels [N], class numbers held as floats, or null without classes
   * @param network what the network says of a noisy batch of that shape; differentiable
   * @return what it said of x, and the gradient
   */
  Guided apply(
      Tensor x, Tensor time, @Nullable Tensor labels, Function<Tensor, Evaluation> network);

  /**
   * What the network says of a noisy batch.
   *
   * @param output its output
   * @param start the x̂<sub>0</sub> that this means, neither guided nor thresholded, [N, …]
   */
  record Evaluation(NetworkOutput output, Tensor start) {

    /**
     * The same without history.
     *
     * @return tensors through which no gradient flows
     */
    public Evaluation detach() {
      Tensor variance = output.variance();
      return new Evaluation(
          new NetworkOutput(output.value().detach(), variance == null ? null : variance.detach()),
          start.detach());
    }
  }

  /**
   * What guidance makes of a noisy batch.
   *
   * @param unguided what the network says of it
   * @param gradient w ∇ log f(x<sub>t</sub>), of the samples' shape
   */
  record Guided(Evaluation unguided, Tensor gradient) {}
}
