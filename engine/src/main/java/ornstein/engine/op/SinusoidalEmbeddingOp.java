package ornstein.engine.op;

import java.util.List;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;

/**
 * Sinusoidal embedding of timesteps [N] as [N, dim], cosines first; see {@link
 * ornstein.engine.kernel.Kernels#sinusoidalEmbedding}. It has no gradient.
 *
 * @param dim length of an embedding, at least 2
 * @param maxPeriod longest wavelength over 2π, 10,000 in every published network
 */
public record SinusoidalEmbeddingOp(int dim, float maxPeriod) implements Op {
  @Override
  public Shape shape(List<Shape> inputs) {
    if (inputs.get(0).rank() != 1 || dim < 2) {
      throw new ShapeException(
          "sinusoidal embedding needs timesteps [N] and dim >= 2, got "
              + inputs.get(0)
              + " and "
              + dim);
    }
    return Shape.of(inputs.get(0).dim(0), dim);
  }

  @Override
  public void forward(Forward f) {
    f.kernels().sinusoidalEmbedding(dim, maxPeriod, f.input(0), f.output());
  }

  @Override
  public void backward(Backward b) {
    // timesteps are data; nothing upstream of them is trained
  }
}
