package ornstein.nn.unet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import ornstein.nn.layer.TimeInput;

/** A {@link UNetConfig} as texts, strict in both directions. */
final class UNetMetadata {
  private static final String PREFIX = "unet.";

  private final Map<String, String> unread = new LinkedHashMap<>();

  private UNetMetadata(Map<String, String> metadata) {
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            unread.put(key, value);
          }
        });
  }

  static SequencedMap<String, String> write(UNetConfig c) {
    SequencedMap<String, String> m = new LinkedHashMap<>();
    m.put(PREFIX + "in_channels", Integer.toString(c.inChannels()));
    m.put(PREFIX + "out_channels", Integer.toString(c.outChannels()));
    m.put(PREFIX + "model_channels", Integer.toString(c.modelChannels()));
    m.put(PREFIX + "num_res_blocks", Integer.toString(c.numResBlocks()));
    m.put(PREFIX + "attention_resolutions", join(c.attentionResolutions()));
    m.put(PREFIX + "dropout", Float.toString(c.dropout()));
    m.put(PREFIX + "channel_mult", join(c.channelMult()));
    m.put(PREFIX + "conv_resample", Boolean.toString(c.convResample()));
    m.put(PREFIX + "num_classes", Integer.toString(c.numClasses()));
    m.put(PREFIX + "num_heads", Integer.toString(c.numHeads()));
    m.put(PREFIX + "num_heads_upsample", Integer.toString(c.numHeadsUpsample()));
    m.put(PREFIX + "use_scale_shift_norm", Boolean.toString(c.useScaleShiftNorm()));
    m.put(PREFIX + "groups", Integer.toString(c.groups()));
    writeStyle(c.style(), m);
    return m;
  }

  /** Only what is not improved DDPM's. */
  private static void writeStyle(UNetStyle s, Map<String, String> m) {
    UNetStyle usual = UNetStyle.IMPROVED_DDPM;
    put(m, "flip_sin_to_cos", s.time().cosineFirst(), usual.time().cosineFirst());
    put(m, "freq_shift", s.time().frequencyShift(), usual.time().frequencyShift());
    put(m, "time_table", s.time().rows(), usual.time().rows());
    put(m, "time_channels", s.timeChannels(), usual.timeChannels());
    put(m, "norm_eps", s.epsilon(), usual.epsilon());
    put(m, "use_new_attention_order", s.newAttentionOrder(), usual.newAttentionOrder());
    put(m, "num_head_channels", s.numHeadChannels(), usual.numHeadChannels());
    put(m, "resblock_down", s.resblockDown(), usual.resblockDown());
    put(m, "resblock_up", s.resblockUp(), usual.resblockUp());
    put(m, "pad_after", s.padAfter(), usual.padAfter());
    List<Integer> up = s.upAttentionResolutions();
    if (up != null) {
      m.put(PREFIX + "attention_resolutions_up", join(up));
    }
    put(m, "middle", s.middle(), usual.middle());
  }

  private static void put(Map<String, String> m, String option, Object value, Object usual) {
    if (!value.equals(usual)) {
      m.put(PREFIX + option, value.toString().toLowerCase(Locale.ROOT));
    }
  }

  static UNetConfig read(Map<String, String> metadata) {
    UNetMetadata m = new UNetMetadata(metadata);
    UNetConfig config =
        new UNetConfig(
            m.integer("in_channels"),
            m.integer("out_channels"),
            m.integer("model_channels"),
            m.integer("num_res_blocks"),
            m.integers("attention_resolutions"),
            m.parse("dropout", "a number", Float::parseFloat),
            m.integers("channel_mult"),
            m.flag("conv_resample"),
            m.integer("num_classes"),
            m.integer("num_heads"),
            m.integer("num_heads_upsample"),
            m.flag("use_scale_shift_norm"),
            m.integer("groups"),
            m.style());
    if (!m.unread.isEmpty()) {
      throw new IllegalArgumentException(
          "the metadata has options that this version does not know: "
              + String.join(", ", m.unread.keySet()));
    }
    return config;
  }

  private UNetStyle style() {
    UNetStyle usual = UNetStyle.IMPROVED_DDPM;
    TimeInput time = usual.time();
    return new UNetStyle(
        new TimeInput(
            given("flip_sin_to_cos") ? flag("flip_sin_to_cos") : time.cosineFirst(),
            given("freq_shift") ? integer("freq_shift") : time.frequencyShift(),
            given("time_table") ? integer("time_table") : time.rows()),
        given("time_channels") ? integer("time_channels") : usual.timeChannels(),
        given("norm_eps") ? parse("norm_eps", "a number", Float::parseFloat) : usual.epsilon(),
        given("use_new_attention_order")
            ? flag("use_new_attention_order")
            : usual.newAttentionOrder(),
        given("num_head_channels") ? integer("num_head_channels") : usual.numHeadChannels(),
        given("resblock_down") ? flag("resblock_down") : usual.resblockDown(),
        given("resblock_up") ? flag("resblock_up") : usual.resblockUp(),
        given("pad_after") ? flag("pad_after") : usual.padAfter(),
        given("attention_resolutions_up") ? integers("attention_resolutions_up") : null,
        given("middle") ? middle() : usual.middle());
  }

  private boolean given(String option) {
    return unread.containsKey(PREFIX + option);
  }

  private UNetStyle.Middle middle() {
    return parse(
        "middle",
        "attention, plain_attention or nothing",
        text -> {
          for (UNetStyle.Middle m : UNetStyle.Middle.values()) {
            if (m.name().toLowerCase(Locale.ROOT).equals(text)) {
              return m;
            }
          }
          throw new NumberFormatException(text);
        });
  }

  private int integer(String option) {
    return parse(option, "an integer", Integer::parseInt);
  }

  private boolean flag(String option) {
    return parse(
        option,
        "true or false",
        text -> {
          if (!text.equals("true") && !text.equals("false")) {
            throw new NumberFormatException(text);
          }
          return text.equals("true");
        });
  }

  private List<Integer> integers(String option) {
    return parse(
        option,
        "integers separated by commas",
        text -> {
          List<Integer> values = new ArrayList<>();
          if (!text.isEmpty()) {
            for (String part : text.split(",", -1)) {
              values.add(Integer.valueOf(part));
            }
          }
          return values;
        });
  }

  private <T> T parse(String option, String expected, Function<String, T> parser) {
    String text = unread.remove(PREFIX + option);
    if (text == null) {
      throw new IllegalArgumentException("the metadata has no '" + PREFIX + option + "'");
    }
    try {
      return parser.apply(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the metadata's '" + PREFIX + option + "' must be " + expected + ", not '" + text + "'",
          e);
    }
  }

  private static String join(List<Integer> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
