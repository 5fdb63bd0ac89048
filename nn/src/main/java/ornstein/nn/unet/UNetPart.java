package ornstein.nn.unet;

import java.util.ArrayList;
import java.util.List;

/**
 * A named part of a U-Net and its place in it: what maps to the names of other families are made
 * from.
 *
 * @param role what it is
 * @param level the level that it is on, 0 for the image's size
 * @param index its number among those of its role on the level
 * @param name its name here, the prefix of its parameters' names
 */
public record UNetPart(Role role, int level, int index, String name) {

  /** What a part is. */
  public enum Role {
    /** The table of timesteps. */
    TIME_TABLE,
    /** First layer of the time embedding. */
    TIME_FIRST,
    /** Second layer of the time embedding. */
    TIME_SECOND,
    /** The table of classes. */
    LABELS,
    /** The first convolution. */
    CONV_IN,
    /** A residual block on the way down. */
    DOWN_BLOCK,
    /** Attention on the way down. */
    DOWN_ATTENTION,
    /** A convolution that halves the image. */
    DOWNSAMPLE,
    /** A residual block that halves the image. */
    DOWNSAMPLE_BLOCK,
    /** A residual block in the middle. */
    MIDDLE_BLOCK,
    /** Attention in the middle. */
    MIDDLE_ATTENTION,
    /** A residual block on the way up. */
    UP_BLOCK,
    /** Attention on the way up. */
    UP_ATTENTION,
    /** A convolution after doubling the image. */
    UPSAMPLE,
    /** A residual block that doubles the image. */
    UPSAMPLE_BLOCK,
    /** The last normalisation. */
    NORM_OUT,
    /** The last convolution. */
    CONV_OUT
  }

  /**
   * The parts of a U-Net that have parameters.
   *
   * @param config its configuration
   * @return the parts, in the order of its parameters
   */
  public static List<UNetPart> of(UNetConfig config) {
    List<UNetPart> parts = new ArrayList<>();
    if (config.style().time().rows() > 0) {
      parts.add(new UNetPart(Role.TIME_TABLE, 0, 0, "time_embed.table"));
    }
    parts.add(new UNetPart(Role.TIME_FIRST, 0, 0, "time_embed.0"));
    parts.add(new UNetPart(Role.TIME_SECOND, 0, 0, "time_embed.2"));
    if (config.numClasses() > 0) {
      parts.add(new UNetPart(Role.LABELS, 0, 0, "label_emb"));
    }
    UNetLayout layout = UNetLayout.of(config);
    down(config, layout, parts);
    middle(config, parts);
    up(config, layout, parts);
    parts.add(new UNetPart(Role.NORM_OUT, 0, 0, "out.0"));
    parts.add(new UNetPart(Role.CONV_OUT, 0, 0, "out.2"));
    return List.copyOf(parts);
  }

  private static void down(UNetConfig config, UNetLayout layout, List<UNetPart> parts) {
    int level = 0;
    int block = 0;
    for (int i = 0; i < layout.input().size(); i++) {
      UNetLayout.Stage s = layout.input().get(i);
      String name = "input_blocks." + i + ".0";
      switch (s.kind()) {
        case CONVOLUTION -> parts.add(new UNetPart(Role.CONV_IN, 0, 0, name));
        case RESIDUAL -> {
          parts.add(new UNetPart(Role.DOWN_BLOCK, level, block, name));
          if (s.heads() > 0) {
            parts.add(new UNetPart(Role.DOWN_ATTENTION, level, block, "input_blocks." + i + ".1"));
          }
          block++;
        }
        case DOWNSAMPLE -> {
          if (config.style().resblockDown()) {
            parts.add(new UNetPart(Role.DOWNSAMPLE_BLOCK, level, 0, name));
          } else if (config.convResample()) {
            parts.add(new UNetPart(Role.DOWNSAMPLE, level, 0, name + ".op"));
          }
          level++;
          block = 0;
        }
      }
    }
  }

  private static void middle(UNetConfig config, List<UNetPart> parts) {
    int last = config.channelMult().size() - 1;
    boolean attends = config.style().middle() != UNetStyle.Middle.NOTHING;
    parts.add(new UNetPart(Role.MIDDLE_BLOCK, last, 0, "middle_block.0"));
    if (attends) {
      parts.add(new UNetPart(Role.MIDDLE_ATTENTION, last, 0, "middle_block.1"));
    }
    parts.add(new UNetPart(Role.MIDDLE_BLOCK, last, 1, "middle_block." + (attends ? 2 : 1)));
  }

  private static void up(UNetConfig config, UNetLayout layout, List<UNetPart> parts) {
    int level = config.channelMult().size() - 1;
    int block = 0;
    for (int i = 0; i < layout.output().size(); i++) {
      UNetLayout.Stage s = layout.output().get(i);
      String prefix = "output_blocks." + i + ".";
      parts.add(new UNetPart(Role.UP_BLOCK, level, block, prefix + 0));
      int next = 1;
      if (s.heads() > 0) {
        parts.add(new UNetPart(Role.UP_ATTENTION, level, block, prefix + next++));
      }
      block++;
      if (block > config.numResBlocks()) {
        if (s.upsample() && config.style().resblockUp()) {
          parts.add(new UNetPart(Role.UPSAMPLE_BLOCK, level, 0, prefix + next));
        } else if (s.upsample() && config.convResample()) {
          parts.add(new UNetPart(Role.UPSAMPLE, level, 0, prefix + next + ".conv"));
        }
        level--;
        block = 0;
      }
    }
  }
}
