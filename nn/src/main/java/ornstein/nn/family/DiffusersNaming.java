package ornstein.nn.family;

import java.util.List;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetPart;

/** The names of diffusers' unconditional U-Net. */
final class DiffusersNaming implements Naming {
  @Override
  public String name(UNetPart part, UNetConfig config) {
    String down = "down_blocks." + part.level() + ".";
    String up = "up_blocks." + (config.channelMult().size() - 1 - part.level()) + ".";
    return switch (part.role()) {
      case TIME_TABLE -> "time_proj";
      case TIME_FIRST -> "time_embedding.linear_1";
      case TIME_SECOND -> "time_embedding.linear_2";
      case LABELS -> "class_embedding";
      case CONV_IN -> "conv_in";
      case DOWN_BLOCK -> down + "resnets." + part.index();
      case DOWN_ATTENTION -> down + "attentions." + part.index();
      case DOWNSAMPLE -> down + "downsamplers.0.conv";
      case DOWNSAMPLE_BLOCK -> down + "downsamplers.0";
      case MIDDLE_BLOCK -> "mid_block.resnets." + part.index();
      case MIDDLE_ATTENTION -> "mid_block.attentions.0";
      case UP_BLOCK -> up + "resnets." + part.index();
      case UP_ATTENTION -> up + "attentions." + part.index();
      case UPSAMPLE -> up + "upsamplers.0.conv";
      case UPSAMPLE_BLOCK -> up + "upsamplers.0";
      case NORM_OUT -> "conv_norm_out";
      case CONV_OUT -> "conv_out";
    };
  }

  @Override
  public Residual residual() {
    return new Residual("norm1", "conv1", "time_emb_proj", "norm2", "conv2", "conv_shortcut");
  }

  @Override
  public Attention attention() {
    return new Attention("group_norm", List.of("to_q", "to_k", "to_v"), "to_out.0", 2);
  }
}
