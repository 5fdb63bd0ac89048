package ornstein.nn.unet;

import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.nn.layer.TimeInput;

/**
 * What families of U-Nets do differently from each other; {@link #IMPROVED_DDPM} is where all
 * others start.
 *
 * @param time how timesteps become numbers
 * @param timeChannels numbers that a timestep becomes, 0 for the model channels; the embedding has
 *     four times as many
 * @param epsilon added to the variance of every normalisation, above 0
 * @param newAttentionOrder whether packed queries, keys and values come before heads
 *     (guided-diffusion's use_new_attention_order)
 * @param numHeadChannels channels of an attention head, 0 to go by the number of heads
 * @param resblockDown whether residual blocks halve the image
 * @param resblockUp whether residual blocks double the image
 * @param padAfter whether downsampling convolutions pad below and to the right only
 * @param upAttentionResolutions downsampling factors with attention on the way up; null for those
 *     of the way down
 * @param middle what lies between the two residual blocks in the middle
 */
public record UNetStyle(
    TimeInput time,
    int timeChannels,
    float epsilon,
    boolean newAttentionOrder,
    int numHeadChannels,
    boolean resblockDown,
    boolean resblockUp,
    boolean padAfter,
    @Nullable List<Integer> upAttentionResolutions,
    Middle middle) {

  /** What lies between the two residual blocks in the middle. */
  public enum Middle {
    /** Attention, as elsewhere. */
    ATTENTION,
    /** Attention on features that are not normalised (diffusers with scale and shift). */
    PLAIN_ATTENTION,
    /** Nothing. */
    NOTHING
  }

  private static final int MOST_CHANNELS = 1 << 16;

  /** Improved DDPM's. */
  public static final UNetStyle IMPROVED_DDPM =
      new UNetStyle(
          TimeInput.IMPROVED_DDPM, 0, 1e-5f, false, 0, false, false, false, null, Middle.ATTENTION);

  /**
   * That of DDPM's first implementation, and of its ports: sines first, ε = 10<sup>−6</sup>,
   * padding below and to the right, queries, keys and values apart.
   */
  public static final UNetStyle DDPM =
      new UNetStyle(TimeInput.DDPM, 0, 1e-6f, true, 0, false, false, true, null, Middle.ATTENTION);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public UNetStyle {
    upAttentionResolutions =
        upAttentionResolutions == null ? null : List.copyOf(upAttentionResolutions);
    if (!(epsilon > 0 && epsilon < 1)) {
      throw new IllegalArgumentException("epsilon must be in (0, 1), got " + epsilon);
    }
    if (timeChannels < 0 || timeChannels == 1 || timeChannels > MOST_CHANNELS) {
      throw new IllegalArgumentException(
          "time channels must be from 2 to "
              + MOST_CHANNELS
              + " (0 for the model channels), got "
              + timeChannels);
    }
    if (numHeadChannels < 0) {
      throw new IllegalArgumentException(
          "num_head_channels must be at least 0 (0 to go by num_heads), got " + numHeadChannels);
    }
  }

  /**
   * The same with another input of time.
   *
   * @param other how timesteps become numbers
   * @return the changed style
   */
  public UNetStyle withTime(TimeInput other) {
    return new UNetStyle(
        other,
        timeChannels,
        epsilon,
        newAttentionOrder,
        numHeadChannels,
        resblockDown,
        resblockUp,
        padAfter,
        upAttentionResolutions,
        middle);
  }

  /**
   * The same with guided-diffusion's options.
   *
   * @param newOrder whether packed queries, keys and values come before heads
   * @param headChannels channels of an attention head, 0 to go by the number of heads
   * @param updown whether residual blocks halve and double the image
   * @return the changed style
   */
  public UNetStyle withGuidedDiffusion(boolean newOrder, int headChannels, boolean updown) {
    return new UNetStyle(
        time,
        timeChannels,
        epsilon,
        newOrder,
        headChannels,
        updown,
        updown,
        padAfter,
        upAttentionResolutions,
        middle);
  }
}
