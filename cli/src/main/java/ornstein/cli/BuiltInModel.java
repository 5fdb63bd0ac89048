package ornstein.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.pretrained.DiffusersFolder;

/** Models that come with the program, with weights of 16 bits, each with its card. */
enum BuiltInModel {
  /** Fashion-MNIST: clothes, shoes and bags, 28×28. */
  FASHION,
  /** Handwritten digits, 8×8. */
  DIGITS;

  /** The name by which {@code --model} knows it. */
  String modelName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The model that {@code --model} means. A file or a model of diffusers of that name comes first,
   * so that no model of the user's is hidden; a folder of images does not.
   *
   * @param model what was given
   * @return the model; empty if it means a file
   */
  static Optional<BuiltInModel> of(Path model) {
    return isModel(model)
        ? Optional.empty()
        : Arrays.stream(values()).filter(m -> m.modelName().equals(model.toString())).findFirst();
  }

  private static boolean isModel(Path path) {
    return Files.isRegularFile(path) || new DiffusersFolder(path).exists();
  }

  /** Whether {@code --model} could mean a built-in model and means another. */
  static boolean isHidden(Path model) {
    return names().contains(model.toString()) && isModel(model);
  }

  /**
   * What {@code --model} meant when it was given in another folder. A name means the built-in model
   * only where that folder has no such file.
   *
   * @param directory where it was given
   * @param model what was given
   * @return the name of a built-in model as it is, everything else resolved against the folder
   */
  static Path resolve(Path directory, Path model) {
    Path file = directory.resolve(model);
    return names().contains(model.toString()) && !isModel(file) ? model : file;
  }

  /** The names of all. */
  static List<String> names() {
    return Arrays.stream(values()).map(BuiltInModel::modelName).toList();
  }

  /** Loads the model. */
  Pipeline open() throws IOException {
    return Pipeline.load(content(), "the built-in model " + modelName());
  }

  /** The bytes of its safetensors file. */
  byte[] content() {
    return BuiltInResource.bytes("model-" + modelName() + ".safetensors");
  }

  /** Its card, in Markdown: data, licence, command, seed, time and measures. */
  String card() {
    return new String(
        BuiltInResource.bytes("model-" + modelName() + ".md"), StandardCharsets.UTF_8);
  }
}
