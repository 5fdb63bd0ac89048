package ornstein.nn.layer;

import java.util.List;
import ornstein.engine.Functional;
import ornstein.engine.Shape;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.engine.op.AttentionOp;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Parameter;

/**
 * An image summed up by attention: the mean of all pixels asks, all pixels and the mean answer,
 * each with its place (Radford et al. 2021, "Learning Transferable Visual Models", section 2.4, as
 * guided-diffusion's classifiers have it): {@code positional_embedding}, {@code qkv_proj}, {@code
 * c_proj}.
 */
public final class AttentionPool extends Module {
  private final int pixels;
  private final int heads;
  private final Parameter positions;
  private final Conv2d qkv;
  private final Conv2d projection;

  /**
   * Creates the layer.
   *
   * @param pixels pixels of an image, at least 1
   * @param channels channels, a multiple of the heads
   * @param heads attention heads, at least 1
   * @param out output features, at least 1
   * @param initial initial values; those of places are divided by √channels
   * @throws IllegalArgumentException if the heads do not divide the channels
   */
  public AttentionPool(int pixels, int channels, int heads, int out, Initializer initial) {
    if (heads < 1 || channels % heads != 0) {
      throw new IllegalArgumentException(
          channels + " channels cannot be split among " + heads + " attention heads");
    }
    this.pixels = pixels;
    this.heads = heads;
    Tensor places = initial.table(Shape.of(channels, pixels + 1));
    this.positions =
        register(
            "positional_embedding", new Parameter(places.mul((float) (1 / Math.sqrt(channels)))));
    Parameter.Layout layout = Parameter.Layout.CONVOLUTION_1D;
    this.qkv = register("qkv_proj", Conv2d.pixelwise(channels, 3 * channels, layout, initial));
    this.projection = register("c_proj", Conv2d.pixelwise(channels, out, layout, initial));
  }

  /**
   * Applies the layer.
   *
   * @param x [N, H, W, C] with as many pixels as the layer has places
   * @return [N, out]
   * @throws ShapeException if the image has another number of pixels
   */
  public Tensor forward(Tensor x) {
    return project(pool(x));
  }

  /**
   * Everything but the last linear map: what it maps.
   *
   * @param x [N, H, W, C] with as many pixels as the layer has places
   * @return [N, C]
   * @throws ShapeException if the image has another number of pixels
   */
  public Tensor pool(Tensor x) {
    int n = x.shape().dim(0);
    int channels = x.shape().dim(3);
    if (x.shape().dim(1) * x.shape().dim(2) != pixels) {
      throw new ShapeException("the layer sums up " + pixels + " pixels, got images " + x.shape());
    }
    Tensor rows = x.reshape(n, pixels, channels);
    Tensor mean = rows.mean(1).reshape(n, 1, channels);
    Tensor places = positions.value().permute(1, 0).reshape(1, pixels + 1, channels);
    Tensor seen = Tensor.concat(1, List.of(mean, rows)).add(places);
    Tensor packed = qkv.forward(seen.reshape(n, 1, pixels + 1, channels));
    Tensor attended =
        Functional.packedAttention(
            packed.reshape(n, pixels + 1, 3 * channels), heads, AttentionOp.Packing.QKV_MAJOR);
    return attended.slice(1, 0, 1).reshape(n, channels);
  }

  /**
   * The last linear map.
   *
   * @param pooled [N, C]
   * @return [N, out]
   */
  public Tensor project(Tensor pooled) {
    int n = pooled.shape().dim(0);
    Tensor result = projection.forward(pooled.reshape(n, 1, 1, pooled.shape().dim(1)));
    return result.reshape(n, result.shape().dim(3));
  }
}
