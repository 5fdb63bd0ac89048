package ornstein.diffusion.process;

import java.util.List;
import ornstein.engine.Functional;
import ornstein.engine.Tensor;

/**
 * Conditioning by more channels: the network sees the noisy image with another one behind it. Super
 * resolution is this, the other image being a small one enlarged (Saharia et al. 2021, "Image
 * Super-Resolution via Iterative Refinement", section 2; improved-diffusion's SuperResModel).
 */
public final class Concatenation {
  private Concatenation() {}

  /**
   * A network under a condition.
   *
   * @param network takes samples with the condition's channels behind their own
   * @param condition [N, …], of the samples' shape but for the last axis
   * @return the network of the samples alone
   */
  public static Denoiser denoiser(Denoiser network, Tensor condition) {
    return (x, time, labels) ->
        network.predict(Tensor.concat(x.shape().rank() - 1, List.of(x, condition)), time, labels);
  }

  /**
   * What a small image tells of a large one: enlarged between pixel centres.
   *
   * @param small [N, h, w, C]
   * @param height height of the large image
   * @param width its width
   * @return [N, height, width, C]
   * @throws ornstein.engine.ShapeException if it is no image or a size is below 1
   */
  public static Tensor enlarged(Tensor small, int height, int width) {
    return Functional.resizeBilinear(small, height, width);
  }

  /**
   * The condition that a large image gives in training: averaged over squares, then enlarged.
   *
   * @param large [N, H, W, C]
   * @param factor side of the squares, a divisor of both sides
   * @return [N, H, W, C]
   * @throws ornstein.engine.ShapeException if the factor does not divide the sides
   */
  public static Tensor lowResolution(Tensor large, int factor) {
    return enlarged(
        Functional.averagePool(large, factor), large.shape().dim(1), large.shape().dim(2));
  }
}
