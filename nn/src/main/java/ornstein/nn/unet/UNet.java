package ornstein.nn.unet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.engine.Rng;
import ornstein.engine.ShapeException;
import ornstein.engine.Tensor;
import ornstein.nn.Initializer;
import ornstein.nn.Module;
import ornstein.nn.Weights;
import ornstein.nn.layer.BlockOptions;
import ornstein.nn.layer.Conv2d;
import ornstein.nn.layer.GroupNorm;

/**
 * The U-Net of improved DDPM (Nichol and Dhariwal, 2021, §2 and appendix A, after Ho et al., 2020):
 * residual blocks and attention at falling, then rising resolution, with a skip connection from
 * each stage on the way down to one on the way up. Parameters have the names and, in checkpoints,
 * the layouts of its PyTorch implementation.
 */
public final class UNet extends Module {
  private final UNetConfig config;
  private final Encoder encoder;
  private final List<Stage> output = new ArrayList<>();
  private final GroupNorm outNorm;
  private final Conv2d outConv;

  /**
   * A new network to be trained: PyTorch's default initialisation, the last layer of every branch
   * at zero, hence output zero.
   *
   * @param config the configuration
   * @param rng generator of the weights; the same state gives the same network
   */
  public UNet(UNetConfig config, Rng rng) {
    this(config, Initializer.random(rng));
  }

  private UNet(UNetConfig config, Initializer initial) {
    this.config = config;
    UNetLayout layout = UNetLayout.of(config);
    BlockOptions options = Encoder.options(layout);
    encoder = include(new Encoder(layout, initial));
    for (UNetLayout.Stage s : layout.output()) {
      Stage stage = Stage.of(s, config, options, initial);
      output.add(register("output_blocks." + output.size(), stage));
    }
    int last = layout.output().getLast().out();
    outNorm = register("out.0", GroupNorm.silu(config.groups(), last, config.style().epsilon()));
    outConv = register("out.2", Conv2d.same3x3(last, config.outChannels(), Initializer.zeros()));
  }

  /**
   * A network with given weights.
   *
   * @param config the configuration
   * @param weights all of its weights and nothing else
   * @return the network
   * @throws ornstein.nn.StateDictException if the weights are not those of such a network
   */
  public static UNet of(UNetConfig config, Weights weights) {
    UNet model = zeros(config);
    weights.loadInto(model);
    return model;
  }

  /**
   * A network whose weights are all zero, about to be loaded.
   *
   * @param config the configuration
   * @return the network
   */
  public static UNet zeros(UNetConfig config) {
    return new UNet(config, Initializer.zeros());
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
   * Applies the network. Dropout acts only within {@link ornstein.nn.layer.Dropout#training}.
   *
   * @param x images [N, H, W, inChannels]; H and W multiples of {@link UNetConfig#sizeMultiple}
   * @param timesteps [N], fractions allowed, on the scale that the network was trained with
   * @param labels class numbers [N], integers in [0, numClasses) held as floats; null exactly if
   *     the network has no classes
   * @return [N, H, W, outChannels]
   * @throws ShapeException if a shape does not fit; for an image size it says which do
   * @throws IllegalArgumentException if labels are missing or not expected
   * @throws IndexOutOfBoundsException if a label is no class
   */
  public Tensor forward(Tensor x, Tensor timesteps, @Nullable Tensor labels) {
    Encoder.Encoded encoded = encoder.encode(x, timesteps, labels);
    Tensor h = encoded.features();
    for (Stage stage : output) {
      h = stage.forward(Tensor.concat(-1, List.of(h, encoded.skips().pop())), encoded.embedding());
    }
    return outConv.forward(outNorm.forward(h));
  }
}
