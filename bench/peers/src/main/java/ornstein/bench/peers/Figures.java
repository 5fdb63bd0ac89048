package ornstein.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All figures, in the order of the table. */
final class Figures {
  /** Images, input channels, output channels, side. */
  private static final int[][] CONVOLUTIONS = {
    {1, 64, 64, 28}, {16, 64, 64, 28}, {16, 128, 128, 14},
    {1, 128, 128, 32}, {16, 128, 128, 32}, {16, 32, 32, 28}
  };

  private static final int[] PRODUCTS = {384, 512, 768, 1152};

  /** Images, channels, side. */
  private static final int[][] NORMALIZATIONS = {
    {16, 32, 32}, {16, 64, 16}, {1, 128, 32}, {1, 256, 16}
  };

  /** Images, pixels, heads, channels of a head. */
  private static final int[][] ATTENTIONS = {
    {1, 256, 4, 16}, {16, 256, 4, 16}, {16, 64, 4, 16}, {1, 256, 4, 64}
  };

  private Figures() {}

  /**
   * The figures that can be measured with what is in a folder.
   *
   * @param models folder of exported programs
   * @return the figures
   * @throws IOException if the folder cannot be read
   */
  static List<Figure> all(Path models) throws IOException {
    List<Figure> figures = new ArrayList<>();
    for (ConvolutionFigure.Way way : ConvolutionFigure.Way.values()) {
      for (int[] c : CONVOLUTIONS) {
        figures.add(new ConvolutionFigure(way, c[0], c[1], c[2], c[3]));
      }
    }
    for (int size : PRODUCTS) {
      figures.add(new MatmulFigure(size));
    }
    for (int[] n : NORMALIZATIONS) {
      figures.add(new NormalizationFigure(n[0], n[1], n[2]));
    }
    for (int[] a : ATTENTIONS) {
      figures.add(new AttentionFigure(a[0], a[1], a[2], a[3]));
    }
    network(figures, models, "small", new int[] {1, 16}, new int[] {32});
    network(figures, models, "cifar10", new int[] {1}, new int[0]);
    return figures;
  }

  private static void network(
      List<Figure> figures, Path models, String name, int[] batches, int[] training)
      throws IOException {
    if (Files.exists(models.resolve(name + ".safetensors"))) {
      ExportedNetwork network = ExportedNetwork.read(models, name);
      for (int batch : batches) {
        figures.add(new NetworkFigure(network, batch));
      }
      for (int batch : training) {
        figures.add(new TrainingFigure(network, batch));
      }
    }
  }
}
