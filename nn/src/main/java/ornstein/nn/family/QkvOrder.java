package ornstein.nn.family;

import java.util.ArrayList;
import java.util.List;
import ornstein.engine.Shape;
import ornstein.nn.StateDict;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetPart;
import ornstein.nn.unet.UNetStyle;

/** Moves packed queries, keys and values from the order [head][q | k | v] to [q | k | v][head]. */
final class QkvOrder {
  private QkvOrder() {}

  /**
   * The same network with queries, keys and values apart, and heads of one width.
   *
   * @throws IllegalArgumentException if its heads have several widths
   */
  static UNet apart(UNet model) {
    UNetConfig config = model.config();
    UNetStyle style = config.style();
    if (style.newAttentionOrder() && (style.numHeadChannels() > 0 || config.numHeads() == 1)) {
      return model;
    }
    StateDict old = StateDict.of(model);
    StateDict moved = new StateDict();
    for (String name : old.names()) {
      moved.put(name, old.shape(name), old.values(name));
    }
    List<Integer> widths = new ArrayList<>();
    for (UNetPart part : UNetPart.of(config)) {
      boolean up = part.role() == UNetPart.Role.UP_ATTENTION;
      if (up
          || part.role() == UNetPart.Role.DOWN_ATTENTION
          || part.role() == UNetPart.Role.MIDDLE_ATTENTION) {
        String weight = part.name() + ".qkv.weight";
        int channels = old.shape(weight).dim(1);
        int heads = heads(config, channels, up);
        widths.add(channels / heads);
        if (!style.newAttentionOrder()) {
          move(moved, weight, heads);
          move(moved, part.name() + ".qkv.bias", heads);
        }
      }
    }
    boolean single = config.numHeads() == 1 && config.numHeadsUpsample() == 1;
    if (!(single && style.numHeadChannels() == 0) && widths.stream().distinct().count() > 1) {
      throw new IllegalArgumentException(
          "the family gives all attention heads one number of channels, and this network's have "
              + widths.stream().distinct().toList());
    }
    boolean byHeads = (single && style.numHeadChannels() == 0) || widths.isEmpty();
    UNetStyle apart =
        new UNetStyle(
            style.time(),
            style.timeChannels(),
            style.epsilon(),
            true,
            byHeads ? 0 : widths.get(0),
            style.resblockDown(),
            style.resblockUp(),
            style.padAfter(),
            style.upAttentionResolutions(),
            style.middle());
    UNetConfig changed =
        byHeads
            ? config.toBuilder().numHeads(1).numHeadsUpsample(1).style(apart).build()
            : config.toBuilder().style(apart).build();
    return UNet.of(changed, moved);
  }

  private static int heads(UNetConfig config, int channels, boolean up) {
    int width = config.style().numHeadChannels();
    return width > 0 ? channels / width : up ? config.numHeadsUpsample() : config.numHeads();
  }

  /** Rows [head][q | k | v][d] become rows [q | k | v][head][d]. */
  private static void move(StateDict weights, String name, int heads) {
    Shape shape = weights.shape(name);
    float[] from = weights.values(name);
    int rows = shape.dim(0);
    int columns = from.length / rows;
    int d = rows / 3 / heads;
    float[] to = new float[from.length];
    for (int head = 0; head < heads; head++) {
      for (int kind = 0; kind < 3; kind++) {
        int source = (head * 3 + kind) * d * columns;
        int target = (kind * heads + head) * d * columns;
        System.arraycopy(from, source, to, target, d * columns);
      }
    }
    weights.put(name, shape, to);
  }
}
