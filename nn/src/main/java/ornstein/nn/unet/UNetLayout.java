package ornstein.nn.unet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The sequence of layers that a configuration stands for, with their channels.
 *
 * @param config the configuration
 * @param input stages on the way down, each of which leaves a skip connection
 * @param output stages on the way up, each of which takes one back
 */
record UNetLayout(UNetConfig config, List<Stage> input, List<Stage> output) {
  /** The first layer of a stage. */
  enum Kind {
    CONVOLUTION,
    RESIDUAL,
    DOWNSAMPLE
  }

  /**
   * One numbered entry of {@code input_blocks} or {@code output_blocks}.
   *
   * @param kind its first layer
   * @param in input channels
   * @param out output channels
   * @param heads heads of the attention that follows, 0 for none
   * @param upsample whether an upsampling layer comes last
   */
  record Stage(Kind kind, int in, int out, int heads, boolean upsample) {}

  static UNetLayout of(UNetConfig c) {
    List<Stage> input = new ArrayList<>();
    List<Stage> output = new ArrayList<>();
    Deque<Integer> skips = new ArrayDeque<>();
    int levels = c.channelMult().size();
    int channels = c.modelChannels() * c.channelMult().get(0);
    input.add(new Stage(Kind.CONVOLUTION, c.inChannels(), channels, 0, false));
    skips.push(channels);
    for (int level = 0; level < levels; level++) {
      int out = c.modelChannels() * c.channelMult().get(level);
      int heads = c.attentionResolutions().contains(1 << level) ? c.heads(out) : 0;
      for (int i = 0; i < c.numResBlocks(); i++) {
        input.add(new Stage(Kind.RESIDUAL, channels, out, heads, false));
        channels = out;
        skips.push(channels);
      }
      if (level < levels - 1) {
        input.add(new Stage(Kind.DOWNSAMPLE, channels, channels, 0, false));
        skips.push(channels);
      }
    }
    for (int level = levels - 1; level >= 0; level--) {
      int out = c.modelChannels() * c.channelMult().get(level);
      int heads = c.attendsUpwards(level) ? c.headsUpsample(out) : 0;
      for (int i = 0; i <= c.numResBlocks(); i++) {
        boolean upsample = level > 0 && i == c.numResBlocks();
        output.add(new Stage(Kind.RESIDUAL, channels + skips.pop(), out, heads, upsample));
        channels = out;
      }
    }
    return new UNetLayout(c, List.copyOf(input), List.copyOf(output));
  }

  int middleChannels() {
    return input.getLast().out();
  }

  int timeChannels() {
    int own = config.style().timeChannels();
    return own == 0 ? config.modelChannels() : own;
  }

  int embeddingChannels() {
    return 4 * timeChannels();
  }

  int coarsestPixels(int height, int width) {
    int levels = config.channelMult().size();
    return (height >> (levels - 1)) * (width >> (levels - 1));
  }

  long parameterCount() {
    int last = output.getLast().out();
    long count = encoderParameterCount();
    for (Stage s : output) {
      count += count(s);
    }
    return count + 2L * last + conv3(last, config.outChannels());
  }

  long classifierParameterCount(int height, int width) {
    int c = middleChannels();
    long places = c * (coarsestPixels(height, width) + 1L);
    return encoderParameterCount()
        + 2L * c
        + places
        + linear(c, 3 * c)
        + linear(c, config.outChannels());
  }

  private long encoderParameterCount() {
    long count = linear(timeChannels(), embeddingChannels());
    count += (long) config.style().time().rows() * timeChannels();
    count += linear(embeddingChannels(), embeddingChannels());
    count += (long) config.numClasses() * embeddingChannels();
    for (Stage s : input) {
      count += count(s);
    }
    return count + middle();
  }

  private long count(Stage s) {
    long count =
        switch (s.kind()) {
          case CONVOLUTION -> conv3(s.in(), s.out());
          case RESIDUAL -> residual(s.in(), s.out());
          case DOWNSAMPLE -> resampling(s.out(), config.style().resblockDown());
        };
    count += s.heads() > 0 ? attention(s.out(), true) : 0;
    return count + (s.upsample() ? resampling(s.out(), config.style().resblockUp()) : 0);
  }

  private long resampling(int channels, boolean block) {
    if (block) {
      return residual(channels, channels);
    }
    return config.convResample() ? conv3(channels, channels) : 0;
  }

  private long middle() {
    int c = middleChannels();
    return 2 * residual(c, c)
        + switch (config.style().middle()) {
          case ATTENTION -> attention(c, true);
          case PLAIN_ATTENTION -> attention(c, false);
          case NOTHING -> 0;
        };
  }

  private long residual(int in, int out) {
    int modulation = config.useScaleShiftNorm() ? 2 * out : out;
    long skip = in == out ? 0 : linear(in, out);
    long body = conv3(in, out) + linear(embeddingChannels(), modulation) + conv3(out, out);
    return 2L * in + body + 2L * out + skip;
  }

  private static long attention(int channels, boolean normalised) {
    return (normalised ? 2L * channels : 0)
        + linear(channels, 3 * channels)
        + linear(channels, channels);
  }

  private static long linear(int in, int out) {
    return (in + 1L) * out;
  }

  private static long conv3(int in, int out) {
    return (9L * in + 1) * out;
  }
}
