package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.Pipeline;
import ornstein.engine.Rng;
import ornstein.nn.unet.UNet;
import ornstein.nn.unet.UNetConfig;

/** An untrained model that samples in no time: 8×8 pixels, two levels, twenty steps. */
final class TinyModel {
  private TinyModel() {}

  /** Writes the model into a folder, with as many classes as names. */
  static Path save(Path folder, int channels, String... classNames) throws IOException {
    UNetConfig network =
        UNetConfig.builder()
            .channels(channels)
            .modelChannels(8)
            .groups(4)
            .numResBlocks(1)
            .channelMult(1, 2)
            .numHeads(2)
            .numClasses(classNames.length)
            .build();
    DiffusionConfig config =
        DiffusionConfig.defaults(8, 8, List.of(classNames)).withSchedule("cosine", 20);
    Path file = folder.resolve("model.safetensors");
    Pipeline.of(new UNet(network, Rng.of(1)), config).save(file);
    return file;
  }
}
