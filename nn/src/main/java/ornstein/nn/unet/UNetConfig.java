package ornstein.nn.unet;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import ornstein.engine.ShapeException;

/**
 * Everything that defines the network but its weights; the options are improved DDPM's. Level i
 * works at the image's size divided by 2<sup>i</sup>.
 *
 * @param inChannels channels of the input image, at least 1
 * @param outChannels channels of the output, at least 1; twice the image's with a learned variance
 * @param modelChannels channels that {@code channelMult} multiplies, at least 2
 * @param numResBlocks residual blocks per level on the way down, at least 1
 * @param attentionResolutions downsampling factors (1, 2, 4, …) at which attention follows each
 *     residual block, each that of a level
 * @param dropout probability of dropout in residual blocks, in [0, 1)
 * @param channelMult channels of each level as multiples of {@code modelChannels}, at least one
 * @param convResample whether resizing convolves
 * @param numClasses number of classes, 0 for an unconditional network
 * @param numHeads attention heads on the way down and in the middle
 * @param numHeadsUpsample attention heads on the way up
 * @param useScaleShiftNorm whether the embedding scales and shifts normalised features
 * @param groups groups of every normalisation; 32 in all published networks
 * @param style what families of networks do differently
 */
public record UNetConfig(
    int inChannels,
    int outChannels,
    int modelChannels,
    int numResBlocks,
    List<Integer> attentionResolutions,
    float dropout,
    List<Integer> channelMult,
    boolean convResample,
    int numClasses,
    int numHeads,
    int numHeadsUpsample,
    boolean useScaleShiftNorm,
    int groups,
    UNetStyle style) {
  private static final int MOST_CHANNELS = 1 << 16;
  private static final int MOST_LEVELS = 16;
  private static final int MOST_BLOCKS = 1000;
  private static final int MOST_CLASSES = 1 << 24;

  /**
   * Checks every option and how they fit together.
   *
   * @throws IllegalArgumentException if an option is out of range, or the groups or heads do not
   *     divide the channels of a level that has them; the message names the option and the remedy
   */
  public UNetConfig {
    attentionResolutions = List.copyOf(attentionResolutions);
    channelMult = List.copyOf(channelMult);
    range("in_channels", inChannels, 1, MOST_CHANNELS);
    range("out_channels", outChannels, 1, MOST_CHANNELS);
    range("model_channels", modelChannels, 2, MOST_CHANNELS);
    range("num_res_blocks", numResBlocks, 1, MOST_BLOCKS);
    range("number of levels in channel_mult", channelMult.size(), 1, MOST_LEVELS);
    range("num_classes", numClasses, 0, MOST_CLASSES);
    range("num_heads", numHeads, 1, MOST_CHANNELS);
    range("num_heads_upsample", numHeadsUpsample, 1, MOST_CHANNELS);
    range("groups", groups, 1, MOST_CHANNELS);
    if (!(dropout >= 0f && dropout < 1f)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), got " + dropout);
    }
    requireLevels("attention_resolutions", attentionResolutions, channelMult.size());
    List<Integer> upwards = style.upAttentionResolutions();
    if (upwards == null) {
      upwards = attentionResolutions;
    }
    requireLevels("attention_resolutions_up", upwards, channelMult.size());
    int levels = channelMult.size();
    for (int level = 0; level < levels; level++) {
      range("channel_mult", channelMult.get(level), 1, MOST_CHANNELS / modelChannels);
      int channels = modelChannels * channelMult.get(level);
      divides("groups", groups, channels, level);
      boolean middle = level == levels - 1 && style.middle() != UNetStyle.Middle.NOTHING;
      boolean down = middle || attentionResolutions.contains(1 << level);
      boolean up = upwards.contains(1 << level);
      if (style.numHeadChannels() > 0) {
        if (down || up) {
          divides("num_head_channels", style.numHeadChannels(), channels, level);
        }
        continue;
      }
      if (down) {
        divides("num_heads", numHeads, channels, level);
      }
      if (up) {
        divides("num_heads_upsample", numHeadsUpsample, channels, level);
      }
    }
  }

  private static void requireLevels(String option, List<Integer> factors, int levels) {
    for (int factor : factors) {
      if (Integer.bitCount(factor) != 1 || factor < 1 || factor > 1 << (levels - 1)) {
        throw new IllegalArgumentException(
            option
                + " has "
                + factor
                + ", which is the downsampling of none of the "
                + levels
                + " levels; powers of two from 1 to "
                + (1 << (levels - 1))
                + " are");
      }
    }
  }

  /** Attention heads at a level on the way down or in the middle. */
  int heads(int channels) {
    return style.numHeadChannels() > 0 ? channels / style.numHeadChannels() : numHeads;
  }

  /** Attention heads at a level on the way up. */
  int headsUpsample(int channels) {
    return style.numHeadChannels() > 0 ? channels / style.numHeadChannels() : numHeadsUpsample;
  }

  /** Whether attention follows the residual blocks of a level on the way up. */
  boolean attendsUpwards(int level) {
    List<Integer> own = style.upAttentionResolutions();
    return (own == null ? attentionResolutions : own).contains(1 << level);
  }

  private static void range(String option, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          option + " must be from " + low + " to " + high + ", got " + value);
    }
  }

  private static void divides(String option, int value, int channels, int level) {
    if (channels % value != 0) {
      throw new IllegalArgumentException(
          option
              + " = "
              + value
              + " does not divide the "
              + channels
              + " channels of level "
              + level
              + "; choose model_channels as a multiple of "
              + value
              + ", or "
              + option
              + " as a divisor of "
              + channels);
    }
  }

  /**
   * A builder with improved DDPM's defaults: 3 channels in and out, 128 model channels, 2 residual
   * blocks, 4 heads, scale-shift conditioning, no dropout, no classes, one level without attention.
   *
   * @return a fresh builder
   */
  public static UNetConfigBuilder builder() {
    return new UNetConfigBuilder();
  }

  /**
   * A builder with the defaults of improved DDPM's command line for square images of a size: levels
   * (1,2,2,2) for 32, (1,2,3,4) for 64, (1,1,2,2,4,4) for 256, attention where the image has 16 or
   * 8 pixels a side.
   *
   * @param imageSize side in pixels: 32, 64 or 256
   * @return a fresh builder
   * @throws IllegalArgumentException if there is no default for the size
   */
  public static UNetConfigBuilder improvedDdpm(int imageSize) {
    int[] mult =
        switch (imageSize) {
          case 32 -> new int[] {1, 2, 2, 2};
          case 64 -> new int[] {1, 2, 3, 4};
          case 256 -> new int[] {1, 1, 2, 2, 4, 4};
          default ->
              throw new IllegalArgumentException(
                  "improved DDPM has defaults for image sizes 32, 64 and 256, not " + imageSize);
        };
    return builder().channelMult(mult).attentionResolutions(imageSize / 16, imageSize / 8);
  }

  /**
   * A builder that starts from this configuration.
   *
   * @return a fresh builder
   */
  public UNetConfigBuilder toBuilder() {
    return new UNetConfigBuilder(this);
  }

  /**
   * What height and width must be multiples of: every level but the first halves them.
   *
   * @return 2<sup>levels − 1</sup>
   */
  public int sizeMultiple() {
    return 1 << (channelMult.size() - 1);
  }

  /**
   * Checks that the network's levels divide an image.
   *
   * @param height image height in pixels
   * @param width image width in pixels
   * @throws ShapeException if they do not; the message says which sizes fit
   */
  public void requireSize(int height, int width) {
    int m = sizeMultiple();
    if (height < 1 || width < 1 || height % m != 0 || width % m != 0) {
      throw new ShapeException(
          "a network of "
              + channelMult.size()
              + " levels takes images whose height and width are multiples of "
              + m
              + ", such as "
              + nearest(height)
              + "x"
              + nearest(width)
              + ", not "
              + height
              + "x"
              + width);
    }
  }

  private int nearest(int size) {
    int m = sizeMultiple();
    return Math.max(1, (int) Math.round((double) size / m)) * m;
  }

  /**
   * Number of trained values, computed without building the network.
   *
   * @return the count
   */
  public long parameterCount() {
    return UNetLayout.of(this).parameterCount();
  }

  /**
   * All options as texts for a file's metadata, under keys {@code unet.<option>} with the option
   * names of improved DDPM's command line.
   *
   * @return a fresh map in the order of the components
   */
  public SequencedMap<String, String> toMetadata() {
    return UNetMetadata.write(this);
  }

  /**
   * Reads the options back. Keys that do not start with {@code unet.} are ignored.
   *
   * @param metadata what {@link #toMetadata} gave, and maybe more
   * @return the configuration
   * @throws IllegalArgumentException if an option is missing, unknown, malformed or out of range;
   *     the message names the key
   */
  public static UNetConfig fromMetadata(Map<String, String> metadata) {
    return UNetMetadata.read(metadata);
  }
}
