package ornstein.nn.family;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import ornstein.nn.Weights;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetStyle;

/**
 * The configuration of a network of improved-diffusion or guided-diffusion: its tensors tell all
 * but the attention heads.
 *
 * @param numHeads attention heads, where nothing else is said 4
 * @param numHeadsUpsample heads on the way up, −1 for as many
 * @param numHeadChannels channels of a head, −1 to go by the number of heads
 * @param useNewAttentionOrder whether queries, keys and values come before heads
 */
public record OpenAiConfig(
    int numHeads, int numHeadsUpsample, int numHeadChannels, boolean useNewAttentionOrder) {
  /** Improved-diffusion's defaults. */
  public static final OpenAiConfig DEFAULTS = new OpenAiConfig(4, -1, -1, false);

  /**
   * Reads the rest from shapes.
   *
   * @param weights the network's tensors, without a prefix
   * @return the configuration
   * @throws IllegalArgumentException if they are of no such network, or the heads do not divide its
   *     channels; the message names the option
   */
  public UNetConfig of(Weights weights) {
    Shapes s = new Shapes(weights);
    Blocks blocks = Blocks.of(s);
    int time = s.dim("time_embed.0.weight", 1);
    Shapes.Multiples multiples = Shapes.multiples(blocks.channels(), time);
    int out = s.dim("out.2.weight", 0);
    int classes = s.has("label_emb.weight") ? s.dim("label_emb.weight", 0) : 0;
    UNetStyle style = style(multiples.base() == time ? 0 : time, blocks.resizing());
    return UNetConfig.builder()
        .channels(s.dim("input_blocks.0.0.weight", 1), out)
        .modelChannels(multiples.base())
        .channelMult(multiples.array())
        .numResBlocks(blocks.perLevel())
        .attentionResolutions(blocks.attention())
        .convResample(blocks.convolves())
        .numClasses(classes)
        .numHeads(numHeads)
        .numHeadsUpsample(numHeadsUpsample)
        .useScaleShiftNorm(scalesAndShifts(s))
        .style(style)
        .build();
  }

  private UNetStyle style(int timeChannels, boolean resizing) {
    UNetStyle usual = UNetStyle.IMPROVED_DDPM;
    return new UNetStyle(
        usual.time(),
        timeChannels,
        usual.epsilon(),
        useNewAttentionOrder,
        Math.max(0, numHeadChannels),
        resizing,
        resizing,
        usual.padAfter(),
        null,
        usual.middle());
  }

  private static boolean scalesAndShifts(Shapes s) {
    int out = s.dim("middle_block.0.out_layers.3.weight", 0);
    return s.dim("middle_block.0.emb_layers.1.weight", 0) == 2 * out;
  }

  /**
   * What the numbered blocks tell.
   *
   * @param channels channels of each level
   * @param perLevel residual blocks of a level on the way down
   * @param factors downsampling factors with attention
   * @param convolves whether resizing convolves
   * @param resizing whether residual blocks resize
   */
  private record Blocks(
      List<Integer> channels,
      int perLevel,
      Set<Integer> factors,
      boolean convolves,
      boolean resizing) {

    int[] attention() {
      return factors.stream().mapToInt(Integer::intValue).toArray();
    }

    static Blocks of(Shapes s) {
      int outputs = s.count("output_blocks.");
      int convolutions = 0;
      int residuals = 0;
      for (int i = 0; i < outputs; i++) {
        for (int j = 1; j <= 2; j++) {
          String layer = "output_blocks." + i + "." + j + ".";
          convolutions += s.has(layer + "conv.weight") ? 1 : 0;
          residuals += s.has(layer + "in_layers.0.weight") ? 1 : 0;
        }
      }
      int gaps = gaps(s, outputs);
      int levels = 1 + Math.max(convolutions, Math.max(residuals, gaps));
      if (outputs == 0 || outputs % levels != 0) {
        throw new IllegalArgumentException(
            "the file's "
                + outputs
                + " output blocks are no multiple of its "
                + levels
                + " levels: it is no U-Net of this family");
      }
      int perLevel = outputs / levels - 1;
      List<Integer> channels = new ArrayList<>();
      Set<Integer> factors = new LinkedHashSet<>();
      for (int level = 0; level < levels; level++) {
        int first = 1 + level * (perLevel + 1);
        channels.add(s.dim("input_blocks." + first + ".0.out_layers.3.weight", 0));
        if (s.has("input_blocks." + first + ".1.qkv.weight")) {
          factors.add(1 << level);
        }
      }
      return new Blocks(channels, perLevel, factors, levels == 1 || gaps == 0, residuals > 0);
    }

    /** Blocks on the way down that have no tensors: they average. */
    private static int gaps(Shapes s, int blocks) {
      int gaps = 0;
      for (int i = 0; i < blocks; i++) {
        gaps += s.hasAny("input_blocks." + i + ".") ? 0 : 1;
      }
      return gaps;
    }
  }
}
