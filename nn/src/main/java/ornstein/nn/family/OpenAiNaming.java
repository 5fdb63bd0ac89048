package ornstein.nn.family;

import java.util.List;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetPart;

/** Improved-diffusion's and guided-diffusion's names, which are those of here. */
final class OpenAiNaming implements Naming {
  @Override
  public String name(UNetPart part, UNetConfig config) {
    return part.name();
  }

  @Override
  public Residual residual() {
    return new Residual(
        "in_layers.0",
        "in_layers.2",
        "emb_layers.1",
        "out_layers.0",
        "out_layers.3",
        "skip_connection");
  }

  @Override
  public Attention attention() {
    return new Attention("norm", List.of("qkv"), "proj_out", 3);
  }
}
