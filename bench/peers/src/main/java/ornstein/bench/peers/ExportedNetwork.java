package ornstein.bench.peers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.SafeTensors;

/**
 * The files that {@code export_unet.py} wrote for a network.
 *
 * @param name its name, which the files have too
 * @param folder where they are
 * @param side height and width of an image in pixels
 * @param channels channels of an image
 * @param flops floating-point operations for an image
 */
record ExportedNetwork(String name, Path folder, int side, int channels, double flops) {
  /**
   * Reads what the weights' file says of the network.
   *
   * @param folder where the files are
   * @param name the network's name
   * @return the network
   * @throws IOException if the file is missing, cannot be read or does not say it
   */
  static ExportedNetwork read(Path folder, String name) throws IOException {
    Path file = folder.resolve(name + ".safetensors");
    if (!Files.isReadable(file)) {
      throw new IOException(
          file
              + ": no such file; write it with 'export_unet.py --out "
              + folder
              + " "
              + name
              + "'");
    }
    try (SafeTensors weights = SafeTensors.open(file)) {
      Map<String, String> texts = weights.metadata();
      return new ExportedNetwork(
          name,
          folder,
          number(file, texts, "peers.size"),
          number(file, texts, "unet.in_channels"),
          Double.parseDouble(texts.getOrDefault("peers.flops", "0")));
    }
  }

  private static int number(Path file, Map<String, String> texts, String key)
      throws FormatException {
    try {
      return Integer.parseInt(texts.getOrDefault(key, ""));
    } catch (NumberFormatException e) {
      FormatException problem =
          new FormatException(
              file.toString(), key, -1, "no such number in the metadata; use export_unet.py");
      problem.initCause(e);
      throw problem;
    }
  }

  /** The weights, a checkpoint of Ornstein's. */
  Path weights() {
    return folder.resolve(name + ".safetensors");
  }

  /** The ONNX model. */
  Path onnx() {
    return folder.resolve(name + ".onnx");
  }

  /**
   * The TorchScript programs of a kind that exist.
   *
   * @param kind forward or train
   * @return the programs by what tells them apart
   * @throws IOException if the folder cannot be read
   */
  SortedMap<String, Path> programs(String kind) throws IOException {
    String prefix = name + "." + kind + ".";
    SortedMap<String, Path> programs = new TreeMap<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, prefix + "*.pt")) {
      for (Path file : files) {
        String variant = file.getFileName().toString().substring(prefix.length());
        programs.put(variant.substring(0, variant.length() - 3).replace('_', ' '), file);
      }
    }
    return programs;
  }
}
