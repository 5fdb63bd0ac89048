package ornstein.cli;

import java.io.PrintWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.ImageDataset;
import ornstein.nn.unet.UNetConfig;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The U-Net; what is not given is chosen by the size of the images. */
final class NetworkArguments {
  /** Images up to this many pixels a side get the small network. */
  private static final int SMALL_SIDE = 32;

  private static final int MOST_LEVELS = 4;
  private static final int SHORTEST_SIDE = 4;
  private static final int MOST_ATTENTION_SIDE = 16;

  /** Attention always works on the coarsest level; beyond this many pixels it is too dear. */
  private static final int MOST_COARSEST_PIXELS = 1024;

  private static final int GROUPS = 32;
  private static final int HEADS = 4;

  @Option(
      names = "--model-channels",
      paramLabel = "N",
      description = "Channels of the first level. Default: 32 for images up to 32 pixels, else 64.")
  @Nullable Integer modelChannels;

  @Option(
      names = "--channel-mult",
      paramLabel = "M",
      split = ",",
      description =
          "A level for each number, with so many times the model channels; each level halves the"
              + " image. Default: 1,2,2,... down to 4 pixels or an odd size, at most 4 levels.")
  @Nullable List<Integer> channelMult;

  @Option(
      names = "--res-blocks",
      paramLabel = "N",
      description = "Residual blocks in each level. Default: 1 for images up to 32 pixels, else 2.")
  @Nullable Integer resBlocks;

  @Option(
      names = "--attention",
      paramLabel = "SIDES",
      description =
          "Levels with attention, by the length of the image's shorter side there, such as 16,8;"
              + " or none. Default: all levels but the first of at most 16 pixels.")
  @Nullable String attention;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description = "Attention heads. Default: 4, fewer if that does not divide the channels.")
  @Nullable Integer heads;

  @Option(
      names = "--groups",
      paramLabel = "N",
      description = "Groups of normalisations. Default: 32 or the most that divides the channels.")
  @Nullable Integer groups;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Dropout in residual blocks. Default: ${DEFAULT-VALUE}.")
  float dropout = 0;

  @Option(
      names = "--scale-shift",
      negatable = true,
      description = "Let the time scale and shift features, or add to them. Default: scale.")
  @Nullable Boolean scaleShift;

  @Option(
      names = "--class-cond",
      negatable = true,
      description = "Learn the classes, so that they can be asked for. Default: if there are any.")
  @Nullable Boolean classCond;

  NetworkArguments() {}

  /** Whether the network learns classes. */
  private boolean conditional(UsageCheck usage, ImageDataset data) {
    usage.require(
        data.classes() > 0 || classCond == null || !classCond,
        "--class-cond needs labels, and these images have none; see --labels in --help");
    return data.classes() > 0 && (classCond == null || classCond);
  }

  /** Names of the classes that the network learns; empty if it learns none. */
  List<String> classNames(UsageCheck usage, ImageDataset data) {
    return conditional(usage, data) ? data.classNames() : List.of();
  }

  /** The network for some images. */
  UNetConfig config(
      UsageCheck usage, ImageDataset data, boolean learnsVariance, boolean dropsLabels) {
    int classes = conditional(usage, data) ? data.classes() + (dropsLabels ? 1 : 0) : 0;
    return build(usage, data, data.channels() * (learnsVariance ? 2 : 1), classes);
  }

  /** The encoder that tells the classes of some images apart. */
  UNetConfig classifier(UsageCheck usage, ImageDataset data) {
    usage.require(
        classCond == null, "--class-cond is no choice here: a classifier is not told the class");
    return build(usage, data, Math.max(1, data.classes()), 0);
  }

  private UNetConfig build(UsageCheck usage, ImageDataset data, int outputs, int classes) {
    boolean small = Math.max(data.height(), data.width()) <= SMALL_SIDE;
    int channels = modelChannels != null ? modelChannels : small ? 32 : 64;
    List<Integer> mult = channelMult != null ? channelMult : defaultLevels(usage, data);
    int[] factors = attentionFactors(usage, data, mult.size());
    try {
      UNetConfig config =
          UNetConfig.builder()
              .channels(data.channels(), outputs)
              .modelChannels(channels)
              .channelMult(mult.stream().mapToInt(Integer::intValue).toArray())
              .numResBlocks(resBlocks != null ? resBlocks : small ? 1 : 2)
              .attentionResolutions(factors)
              .numHeads(heads != null ? heads : divisor(HEADS, channels))
              .groups(groups != null ? groups : divisor(GROUPS, channels))
              .dropout(dropout)
              .useScaleShiftNorm(scaleShift == null || scaleShift)
              .numClasses(classes)
              .build();
      requireSize(usage, config, data);
      return config;
    } catch (ParameterException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw usage.error(asOptions(String.valueOf(e.getMessage())));
    }
  }

  private static void requireSize(UsageCheck usage, UNetConfig config, ImageDataset data) {
    int m = config.sizeMultiple();
    usage.require(
        data.height() % m == 0 && data.width() % m == 0,
        String.format(
            "a network of %d levels takes images whose height and width are multiples of %d, not"
                + " %dx%d; give a shorter --channel-mult, or --size %s to crop and resize them",
            config.channelMult().size(), m, data.height(), data.width(), nearest(data, m)));
  }

  /** The nearest size whose sides are multiples of a number. */
  private static ImageSize nearest(ImageDataset data, int multiple) {
    return new ImageSize(
        Math.max(1, Math.round((float) data.height() / multiple)) * multiple,
        Math.max(1, Math.round((float) data.width() / multiple)) * multiple);
  }

  private static int divisor(int wanted, int channels) {
    return Math.max(1, BigInteger.valueOf(wanted).gcd(BigInteger.valueOf(channels)).intValue());
  }

  private static List<Integer> defaultLevels(UsageCheck usage, ImageDataset data) {
    List<Integer> mult = new ArrayList<>(List.of(1));
    int height = data.height();
    int width = data.width();
    while (mult.size() < MOST_LEVELS
        && height % 2 == 0
        && width % 2 == 0
        && Math.min(height, width) / 2 >= SHORTEST_SIDE) {
      height /= 2;
      width /= 2;
      mult.add(2);
    }
    usage.require(
        (long) height * width <= MOST_COARSEST_PIXELS,
        String.format(
            "images of %dx%d halve only to %dx%d, too large for the attention there; give --size %s"
                + " to crop and resize them, or --channel-mult",
            data.height(), data.width(), height, width, nearest(data, 1 << (MOST_LEVELS - 1))));
    if (mult.size() < MOST_LEVELS && Math.min(height, width) / 2 >= SHORTEST_SIDE) {
      PrintWriter err = usage.spec().commandLine().getErr();
      err.printf(
          Locale.ROOT,
          "note: images of %dx%d halve only to %dx%d, so that the network is small: levels %d."
              + " --size %s makes better use of it%n",
          data.height(),
          data.width(),
          height,
          width,
          mult.size(),
          nearest(data, 2 << mult.size()));
      err.flush();
    }
    return mult;
  }

  /** Downsampling factors of the levels that have attention. */
  private int[] attentionFactors(UsageCheck usage, ImageDataset data, int levels) {
    int side = Math.min(data.height(), data.width());
    if (attention == null) {
      return IntStream.range(0, levels)
          .filter(level -> (level > 0 || levels == 1) && side >> level <= MOST_ATTENTION_SIDE)
          .map(level -> 1 << level)
          .toArray();
    }
    if (attention.strip().equalsIgnoreCase("none")) {
      return new int[0];
    }
    List<String> sides =
        IntStream.range(0, levels).mapToObj(level -> Integer.toString(side >> level)).toList();
    return Stream.of(attention.split(",", -1))
        .mapToInt(
            given -> {
              int level = sides.indexOf(given.strip());
              usage.require(
                  level >= 0,
                  String.format(
                      "--attention %s: no level has a shorter side of '%s' pixels; the levels have"
                          + " %s, or give none",
                      attention, given, sides.stream().collect(Collectors.joining(", "))));
              return 1 << level;
            })
        .distinct()
        .sorted()
        .toArray();
  }

  /** The network's own names for its options, replaced by those of the command line. */
  private static String asOptions(String message) {
    return message
        .replaceAll("num_heads(_upsample)?", "--heads")
        .replace("model_channels", "--model-channels")
        .replace("num_res_blocks", "--res-blocks")
        .replace("channel_mult", "--channel-mult")
        .replaceFirst("^dropout", "--dropout")
        .replaceAll("\\bgroups\\b", "--groups");
  }
}
