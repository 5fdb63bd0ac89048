package ornstein.nn.family;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import ornstein.nn.Weights;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetStyle;

/** The configuration of a network of the ddim project, which its tensors tell wholly. */
public final class DdimConfig {
  private DdimConfig() {}

  /**
   * Reads the configuration from shapes.
   *
   * @param weights the network's tensors, without a prefix
   * @return the configuration
   * @throws IllegalArgumentException if they are of no such network
   */
  public static UNetConfig of(Weights weights) {
    Shapes s = new Shapes(weights);
    int base = s.dim("conv_in.weight", 0);
    int levels = s.count("down.");
    List<Integer> channels = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      channels.add(s.dim("down." + level + ".block.0.conv2.weight", 0));
    }
    Shapes.Multiples multiples = Shapes.multiples(channels, base);
    if (multiples.base() != base) {
      throw new IllegalArgumentException(
          "levels of "
              + channels
              + " channels are no multiples of the "
              + base
              + " of the first convolution");
    }
    int[] attention =
        IntStream.range(0, levels)
            .filter(level -> s.has("down." + level + ".attn.0.q.weight"))
            .map(level -> 1 << level)
            .toArray();
    return UNetConfig.builder()
        .channels(s.dim("conv_in.weight", 1), s.dim("conv_out.weight", 0))
        .modelChannels(base)
        .channelMult(multiples.array())
        .numResBlocks(s.count("down.0.block."))
        .attentionResolutions(attention)
        .convResample(levels == 1 || s.has("down.0.downsample.conv.weight"))
        .numHeads(1)
        .useScaleShiftNorm(false)
        .style(UNetStyle.DDPM)
        .build();
  }
}
