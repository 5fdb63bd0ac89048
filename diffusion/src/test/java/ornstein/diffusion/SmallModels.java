package ornstein.diffusion;

import java.util.List;
import java.util.stream.IntStream;
import ornstein.diffusion.process.Parameterization;
import ornstein.engine.Rng;
import ornstein.nn.Parameter;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/** Networks small enough for tests. */
final class SmallModels {
  private SmallModels() {}

  static UNetConfig network(int channels, int classes) {
    return UNetConfig.builder()
        .channels(channels)
        .modelChannels(4)
        .groups(2)
        .numResBlocks(1)
        .channelMult(1, 2)
        .attentionResolutions(2)
        .numHeads(2)
        .numClasses(classes)
        .build();
  }

  /** A network with random weights everywhere, also where training starts from zero. */
  static Pipeline pipeline(int height, int width, int channels, int classes) {
    UNet model = new UNet(network(channels, classes), Rng.of(1));
    int i = 0;
    for (Parameter p : model.parameters()) {
      p.set(Rng.of(2).split(i++).normal(p.shape()).mul(0.3f).toArray());
    }
    List<String> names = IntStream.range(0, classes).mapToObj(c -> "c" + c).toList();
    // predicts the image itself: noise predicted at random would drive every pixel to the bounds
    return Pipeline.of(
        model,
        DiffusionConfig.defaults(height, width, names)
            .withParameterization(Parameterization.START_X));
  }
}
