package ornstein.nn.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Gradients;
import ornstein.nn.Parameter;

/**
 * Gradient clipping by global norm (Pascanu et al., 2013, algorithm 1). Norm and factor stay on the
 * back end as tensors of one element; reading them is up to the caller.
 *
 * @param maxNorm largest norm that is left alone, above 0
 */
public record ClipGradNorm(double maxNorm) {
  /** Against division by zero, as PyTorch has it. */
  private static final float EPSILON = 1e-6f;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the norm is not above 0
   */
  public ClipGradNorm {
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException("largest gradient norm must be above 0, got " + maxNorm);
    }
  }

  /**
   * The norm of all gradients together.
   *
   * @param parameters the parameters by name
   * @param gradients their gradients
   * @return √ Σ g² over all elements of all parameters, one element; NaN or infinite if a gradient
   *     is
   * @throws IllegalArgumentException if a parameter has no gradient
   */
  public static Tensor norm(SequencedMap<String, Parameter> parameters, Gradients gradients) {
    List<Tensor> squares = new ArrayList<>();
    NamedGradients.of(parameters, gradients)
        .forEach(
            (name, g) -> {
              Tensor flat = Tensor.over(Shape.of(g.size()), g);
              squares.add(flat.square().sum(true));
            });
    return squares.isEmpty() ? Tensor.scalar(0f) : Tensor.concat(0, squares).sum().sqrt();
  }

  /**
   * The factor that brings gradients of a norm down to the limit.
   *
   * @param norm from {@link #norm}
   * @return min(1, maxNorm / (norm + 1e-6)), one element; NaN if the norm is
   */
  public Tensor scale(Tensor norm) {
    return Tensor.scalar((float) maxNorm).div(norm.add(EPSILON)).clamp(0f, 1f);
  }
}
