package ornstein.nn.family;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import ornstein.nn.layer.TimeInput;
import ornstein.nn.unet.UNetConfig;
import ornstein.nn.unet.UNetStyle;

/**
 * The configuration of diffusers' UNet2DModel, {@code unet/config.json}: to and from plain values
 * as a JSON parser gives them (texts, numbers, booleans, lists, null).
 */
public final class DiffusersConfig {
  private static final String DOWN = "DownBlock2D";
  private static final String ATTENTION_DOWN = "AttnDownBlock2D";
  private static final String RESIZING_DOWN = "ResnetDownsampleBlock2D";
  private static final String UP = "UpBlock2D";
  private static final String ATTENTION_UP = "AttnUpBlock2D";
  private static final String RESIZING_UP = "ResnetUpsampleBlock2D";

  private final JsonObject json;

  private DiffusersConfig(Map<String, ?> values) {
    this.json = new JsonObject("unet/config.json", values);
  }

  /**
   * Reads a configuration.
   *
   * @param values the file's members
   * @return the configuration
   * @throws IllegalArgumentException if a member has a value that is not known here; the message
   *     names it
   */
  public static UNetConfig read(Map<String, ?> values) {
    return new DiffusersConfig(values).config();
  }

  private UNetConfig config() {
    refuseOthers();
    List<Integer> channels = json.integers("block_out_channels", List.of(224, 448, 672, 896));
    List<String> down =
        json.texts(
            "down_block_types", List.of(DOWN, ATTENTION_DOWN, ATTENTION_DOWN, ATTENTION_DOWN));
    List<String> up =
        json.texts("up_block_types", List.of(ATTENTION_UP, ATTENTION_UP, ATTENTION_UP, UP));
    int levels = channels.size();
    json.require(
        levels > 0 && down.size() == levels && up.size() == levels,
        "down_block_types",
        "needs as many blocks as block_out_channels and up_block_types");
    Shapes.Multiples multiples = Shapes.multiples(channels, channels.get(0));
    boolean scaleShift = scaleShift();
    UNetStyle style = style(multiples.base(), channels.get(0), down, up, scaleShift);
    int heads = style.numHeadChannels() == 0 ? 1 : 4;
    return UNetConfig.builder()
        .channels(json.integer("in_channels", 3), json.integer("out_channels", 3))
        .modelChannels(multiples.base())
        .channelMult(multiples.array())
        .numResBlocks(json.integer("layers_per_block", 2))
        .attentionResolutions(factors(down, ATTENTION_DOWN))
        .numHeads(heads)
        .numClasses(json.integer("num_class_embeds", 0))
        .useScaleShiftNorm(scaleShift)
        .groups(json.integer("norm_num_groups", 32))
        .dropout((float) json.number("dropout", 0))
        .style(style)
        .build();
  }

  private static int[] factors(List<String> types, String attention) {
    return IntStream.range(0, types.size())
        .filter(level -> types.get(level).equals(attention))
        .map(level -> 1 << level)
        .toArray();
  }

  /** Members that would change the network in ways that are not built. */
  private void refuseOthers() {
    json.requireValue("act_fn", List.of("silu", "swish"), "silu");
    json.requireValue("mid_block_type", List.of("UNetMidBlock2D"), "UNetMidBlock2D");
    json.requireValue("time_embedding_type", List.of("positional", "learned"), "positional");
    json.require(
        json.number("mid_block_scale_factor", 1) == 1, "mid_block_scale_factor", "must be 1");
    json.require(!json.flag("center_input_sample", false), "center_input_sample", "must be false");
    json.require(json.isNull("class_embed_type"), "class_embed_type", "must be null");
    json.require(json.isNull("time_embedding_dim"), "time_embedding_dim", "must be null");
    int groups = json.integer("norm_num_groups", 32);
    json.require(
        json.integer("attn_norm_num_groups", groups) == groups,
        "attn_norm_num_groups",
        "must be null or norm_num_groups");
    int padding = json.integer("downsample_padding", 1);
    json.require(padding == 0 || padding == 1, "downsample_padding", "must be 0 or 1");
  }

  private boolean scaleShift() {
    json.requireValue("resnet_time_scale_shift", List.of("default", "scale_shift"), "default");
    return json.text("resnet_time_scale_shift", "default").equals("scale_shift");
  }

  private UNetStyle style(
      int base, int first, List<String> down, List<String> up, boolean scaleShift) {
    boolean plain = scaleShift && json.isNull("attn_norm_num_groups");
    UNetStyle.Middle middle =
        !json.flag("add_attention", true)
            ? UNetStyle.Middle.NOTHING
            : plain ? UNetStyle.Middle.PLAIN_ATTENTION : UNetStyle.Middle.ATTENTION;
    return new UNetStyle(
        time(),
        base == first ? 0 : first,
        (float) json.number("norm_eps", 1e-5),
        true,
        json.isGiven("attention_head_dim") && json.isNull("attention_head_dim")
            ? 0
            : json.integer("attention_head_dim", 8),
        resizes(down, "down_block_types", "downsample_type", ATTENTION_DOWN, DOWN, RESIZING_DOWN),
        resizes(up, "up_block_types", "upsample_type", ATTENTION_UP, UP, RESIZING_UP),
        json.integer("downsample_padding", 1) == 0,
        upFactors(up, down),
        middle);
  }

  private TimeInput time() {
    if (json.text("time_embedding_type", "positional").equals("learned")) {
      return TimeInput.learned(json.integer("num_train_timesteps", 0));
    }
    return new TimeInput(json.flag("flip_sin_to_cos", true), json.integer("freq_shift", 0), 0);
  }

  /** Whether residual blocks resize, which must be the same at every level that resizes. */
  private boolean resizes(
      List<String> types,
      String member,
      String typeMember,
      String attention,
      String plain,
      String block) {
    json.requireValue(typeMember, List.of("conv", "resnet"), "conv");
    boolean ofAttention = json.text(typeMember, "conv").equals("resnet");
    Boolean all = null;
    for (int level = 0; level < types.size(); level++) {
      String type = types.get(level);
      boolean resizing;
      if (type.equals(attention)) {
        resizing = ofAttention;
      } else if (type.equals(plain) || type.equals(block)) {
        resizing = type.equals(block);
      } else {
        throw json.error(
            member,
            "has the block "
                + type
                + ", which is not known; "
                + plain
                + ", "
                + attention
                + " and "
                + block
                + " are");
      }
      if (level == types.size() - 1) {
        break; // the last block does not resize
      }
      json.require(
          all == null || all == resizing,
          member,
          "mixes blocks that resize by convolution with blocks that resize by residual blocks");
      all = resizing;
    }
    return all != null && all;
  }

  /** Where attention is on the way up; null if it is where it is on the way down. */
  private static @Nullable List<Integer> upFactors(List<String> up, List<String> down) {
    int[] upwards = factors(up.reversed(), ATTENTION_UP);
    return Arrays.equals(upwards, factors(down, ATTENTION_DOWN))
        ? null
        : Arrays.stream(upwards).boxed().toList();
  }

  /**
   * Writes a configuration.
   *
   * @param c the configuration
   * @param height height of the training images
   * @param width their width
   * @return the file's members
   * @throws IllegalArgumentException if diffusers has no such networks
   */
  public static SequencedMap<String, Object> write(UNetConfig c, int height, int width) {
    UNetStyle s = c.style();
    if (!c.convResample() || (s.numHeadChannels() == 0 && c.numHeads() != 1)) {
      throw new IllegalArgumentException(
          !c.convResample()
              ? "diffusers' networks resize by convolution"
              : "diffusers gives the channels of an attention head, not the number of heads");
    }
    SequencedMap<String, Object> m = new LinkedHashMap<>();
    m.put("_class_name", "UNet2DModel");
    m.put("sample_size", height == width ? (Object) height : List.of(height, width));
    m.put("in_channels", c.inChannels());
    m.put("out_channels", c.outChannels());
    m.put("layers_per_block", c.numResBlocks());
    m.put("block_out_channels", c.channelMult().stream().map(f -> f * c.modelChannels()).toList());
    m.put("down_block_types", downTypes(c));
    m.put("up_block_types", upTypes(c));
    m.put("norm_num_groups", c.groups());
    m.put("norm_eps", (double) s.epsilon());
    m.put("dropout", (double) c.dropout());
    m.put("attention_head_dim", s.numHeadChannels() == 0 ? null : s.numHeadChannels());
    m.put("add_attention", s.middle() != UNetStyle.Middle.NOTHING);
    if (c.useScaleShiftNorm() && s.middle() == UNetStyle.Middle.ATTENTION) {
      m.put("attn_norm_num_groups", c.groups());
    }
    m.put("resnet_time_scale_shift", c.useScaleShiftNorm() ? "scale_shift" : "default");
    m.put("downsample_padding", s.padAfter() ? 0 : 1);
    m.put("downsample_type", s.resblockDown() ? "resnet" : "conv");
    m.put("upsample_type", s.resblockUp() ? "resnet" : "conv");
    m.put("flip_sin_to_cos", s.time().cosineFirst());
    m.put("freq_shift", s.time().frequencyShift());
    if (s.time().rows() > 0) {
      m.put("time_embedding_type", "learned");
      m.put("num_train_timesteps", s.time().rows());
    }
    m.put("num_class_embeds", c.numClasses() == 0 ? null : c.numClasses());
    return m;
  }

  private static List<String> downTypes(UNetConfig c) {
    String plain = c.style().resblockDown() ? RESIZING_DOWN : DOWN;
    return IntStream.range(0, c.channelMult().size())
        .mapToObj(l -> c.attentionResolutions().contains(1 << l) ? ATTENTION_DOWN : plain)
        .toList();
  }

  private static List<String> upTypes(UNetConfig c) {
    List<Integer> own =
        Objects.requireNonNullElse(c.style().upAttentionResolutions(), c.attentionResolutions());
    String plain = c.style().resblockUp() ? RESIZING_UP : UP;
    int levels = c.channelMult().size();
    return IntStream.range(0, levels)
        .mapToObj(i -> own.contains(1 << (levels - 1 - i)) ? ATTENTION_UP : plain)
        .toList();
  }
}
