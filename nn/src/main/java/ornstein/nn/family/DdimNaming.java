package ornstein.nn.family;

import java.util.List;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetPart;

/** The names of ddim's network, in which the first DDPM checkpoints were converted. */
final class DdimNaming implements Naming {
  @Override
  public String name(UNetPart part, UNetConfig config) {
    String down = "down." + part.level() + ".";
    String up = "up." + part.level() + ".";
    return switch (part.role()) {
      case TIME_FIRST -> "temb.dense.0";
      case TIME_SECOND -> "temb.dense.1";
      case CONV_IN -> "conv_in";
      case DOWN_BLOCK -> down + "block." + part.index();
      case DOWN_ATTENTION -> down + "attn." + part.index();
      case DOWNSAMPLE -> down + "downsample.conv";
      case MIDDLE_BLOCK -> "mid.block_" + (part.index() + 1);
      case MIDDLE_ATTENTION -> "mid.attn_1";
      case UP_BLOCK -> up + "block." + part.index();
      case UP_ATTENTION -> up + "attn." + part.index();
      case UPSAMPLE -> up + "upsample.conv";
      case NORM_OUT -> "norm_out";
      case CONV_OUT -> "conv_out";
      case TIME_TABLE, LABELS, DOWNSAMPLE_BLOCK, UPSAMPLE_BLOCK ->
          throw new IllegalArgumentException(
              "networks of the ddim family have no classes, no table of timesteps and no resizing"
                  + " residual blocks; write another family");
    };
  }

  @Override
  public Residual residual() {
    return new Residual("norm1", "conv1", "temb_proj", "norm2", "conv2", "nin_shortcut");
  }

  @Override
  public Attention attention() {
    return new Attention("norm", List.of("q", "k", "v"), "proj_out", 4);
  }
}
