package ornstein.nn.unet;

import ornstein.engine.Rng;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Weights;
import ornstein.nn.layer.AttentionPool;
import ornstein.nn.layer.GroupNorm;

/**
 * The first half of a U-Net with attention pooling behind it: a classifier of noisy images
 * (Dhariwal and Nichol 2021, section 4). Parameters have the names and, in checkpoints, the layouts
 * of guided-diffusion's encoder model.
 */
public final class EncoderUNet extends Module {
  private final UNetConfig config;
  private final int height;
  private final int width;
  private final Encoder encoder;
  private final GroupNorm outNorm;
  private final AttentionPool pool;

  /**
   * A new network to be trained.
   *
   * @param config the configuration; its output channels are the classes
   * @param height height of the images, which the pooling fixes
   * @param width their width
   * @param rng generator of the weights; the same state gives the same network
   * @throws IllegalArgumentException if the configuration has classes as an input, or its levels do
   *     not divide the size
   */
  public EncoderUNet(UNetConfig config, int height, int width, Rng rng) {
    this(config, height, width, Initializer.random(rng));
  }

  private EncoderUNet(UNetConfig config, int height, int width, Initializer initial) {
    if (config.numClasses() != 0) {
      throw new IllegalArgumentException(
          "a classifier is not told the class: num_classes must be 0, got " + config.numClasses());
    }
    config.requireSize(height, width);
    this.config = config;
    this.height = height;
    this.width = width;
    UNetLayout layout = UNetLayout.of(config);
    int channels = layout.middleChannels();
    encoder = include(new Encoder(layout, initial));
    outNorm =
        register("out.0", GroupNorm.silu(config.groups(), channels, config.style().epsilon()));
    pool =
        register(
            "out.2",
            new AttentionPool(
                layout.coarsestPixels(height, width),
                channels,
                config.heads(channels),
                config.outChannels(),
                initial));
  }

  /**
   * A network with given weights.
   *
   * @param config the configuration
   * @param height height of the images
   * @param width their width
   * @param weights all of its weights and nothing else
   * @return the network
   * @throws ornstein.nn.StateDictException if the weights are not those of such a network
   */
  public static EncoderUNet of(UNetConfig config, int height, int width, Weights weights) {
    EncoderUNet model = new EncoderUNet(config, height, width, Initializer.zeros());
    weights.loadInto(model);
    return model;
  }

  /**
   * Number of trained values, computed without building the network.
   *
   * @param config the configuration
   * @param height height of the images
   * @param width their width
   * @return the count
   */
  public static long parameterCount(UNetConfig config, int height, int width) {
    return UNetLayout.of(config).classifierParameterCount(height, width);
  }

  /**
   * The configuration.
   *
   * @return the configuration
   */
  public UNetConfig config() {
    return config;
  }

  /**
   * Height of the images.
   *
   * @return pixels
   */
  public int height() {
    return height;
  }

  /**
   * Width of the images.
   *
   * @return pixels
   */
  public int width() {
    return width;
  }

  /**
   * Applies the network. Dropout acts only within {@link ornstein.nn.layer.Dropout#training}.
   *
   * @param x images [N, height, width, inChannels]
   * @param timesteps [N], on the scale that the network was trained with
   * @return logits [N, outChannels]
   * @throws ShapeException if a shape does not fit
   */
  public Tensor forward(Tensor x, Tensor timesteps) {
    return classify(features(x, timesteps));
  }

  /**
   * The features that the last linear map turns into logits.
   *
   * @param x images [N, height, width, inChannels]
   * @param timesteps [N], on the scale that the network was trained with
   * @return [N, channels of the last level]
   * @throws ShapeException if a shape does not fit
   */
  public Tensor features(Tensor x, Tensor timesteps) {
    return pool.pool(outNorm.forward(encoder.encode(x, timesteps, null).features()));
  }

  /**
   * The last linear map.
   *
   * @param features [N, channels of the last level]
   * @return logits [N, outChannels]
   */
  public Tensor classify(Tensor features) {
    return pool.project(features);
  }
}
