package ornstein.nn.family;

import java.util.List;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetPart;

/** What a family calls the parts of a U-Net and the layers within them. */
interface Naming {

  /** The family's name of a part. */
  String name(UNetPart part, UNetConfig config);

  /** The layers of its residual blocks. */
  Residual residual();

  /** The layers of its attention. */
  Attention attention();

  /**
   * Layers of a residual block.
   *
   * @param firstNorm the first normalisation
   * @param firstConv the first convolution
   * @param conditioning the layer on the embedding
   * @param secondNorm the second normalisation
   * @param secondConv the second convolution
   * @param skip the convolution of one pixel on the skip connection
   */
  record Residual(
      String firstNorm,
      String firstConv,
      String conditioning,
      String secondNorm,
      String secondConv,
      String skip) {}

  /**
   * Layers of attention.
   *
   * @param norm the normalisation
   * @param qkv queries, keys and values: one layer or three
   * @param projection the last layer
   * @param rank axes of the weights: 2 for linear layers, 3 and 4 for convolutions of one pixel
   */
  record Attention(String norm, List<String> qkv, String projection, int rank) {}

  /** The map of a whole network; it may name layers that the network does not have. */
  default NameMap map(UNetConfig config) {
    NameMap map = new NameMap();
    for (UNetPart part : UNetPart.of(config)) {
      String theirs = name(part, config);
      switch (part.role()) {
        case DOWN_BLOCK, DOWNSAMPLE_BLOCK, MIDDLE_BLOCK, UP_BLOCK, UPSAMPLE_BLOCK ->
            block(map, part.name(), theirs);
        case DOWN_ATTENTION, MIDDLE_ATTENTION, UP_ATTENTION -> attention(map, part.name(), theirs);
        default -> map.layer(part.name(), theirs);
      }
    }
    return map;
  }

  private void block(NameMap map, String ours, String theirs) {
    Residual r = residual();
    map.layer(ours + ".in_layers.0", theirs + "." + r.firstNorm())
        .layer(ours + ".in_layers.2", theirs + "." + r.firstConv())
        .layer(ours + ".emb_layers.1", theirs + "." + r.conditioning())
        .layer(ours + ".out_layers.0", theirs + "." + r.secondNorm())
        .layer(ours + ".out_layers.3", theirs + "." + r.secondConv())
        .layer(ours + ".skip_connection", theirs + "." + r.skip());
  }

  private void attention(NameMap map, String ours, String theirs) {
    Attention a = attention();
    map.layer(ours + ".norm", theirs + "." + a.norm())
        .pixelwise(
            ours + ".qkv", a.qkv().stream().map(name -> theirs + "." + name).toList(), a.rank())
        .pixelwise(ours + ".proj_out", List.of(theirs + "." + a.projection()), a.rank());
  }
}
