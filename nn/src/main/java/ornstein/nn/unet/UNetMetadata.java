package ornstein.nn.unet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

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
    return m;
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
            m.integer("groups"));
    if (!m.unread.isEmpty()) {
      throw new IllegalArgumentException(
          "the metadata has options that this version does not know: "
              + String.join(", ", m.unread.keySet()));
    }
    return config;
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
