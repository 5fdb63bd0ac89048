package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.ImageDataset;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The model that a table is measured with, and its images; a built-in one unless told otherwise.
 */
final class ShippedModelArguments {
  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "A built-in model, digits or fashion, or a file. Default: digits, the built-in.")
  @Nullable Path model;

  @Mixin DatasetArguments dataset = new DatasetArguments();

  @Mixin ForeignArguments foreign = new ForeignArguments();

  ShippedModelArguments() {}

  /** The images, which are to be closed: the built-in ones for the built-in model of them. */
  ImageDataset images(UsageCheck usage) throws IOException {
    if (dataset.data == null) {
      usage.require(
          model == null || BuiltInModel.of(model).equals(Optional.of(BuiltInModel.DIGITS)),
          "--data is missing; give images such as --model " + model + " was trained on");
      dataset.data = DatasetArguments.DIGITS;
    }
    return dataset.open(usage);
  }

  /** What the model is called in the table. */
  String modelName() {
    return model == null ? BuiltInModel.DIGITS.modelName() : model.toString();
  }

  private Pipeline open(UsageCheck usage) throws IOException {
    if (model != null) {
      return foreign.open(usage, model);
    }
    foreign.requireUnset(usage, "the built-in model");
    return BuiltInModel.DIGITS.open(); // whatever a file of that name is
  }

  /** What the images are called in the table. */
  String imagesName() {
    return String.valueOf(dataset.data);
  }

  /** The model, checked to be one of such images. */
  Pipeline open(UsageCheck usage, ImageDataset images) throws IOException {
    Pipeline pipeline = open(usage);
    ModelArguments.requireFit(usage, pipeline, images);
    usage.require(
        pipeline.config().height() == images.height()
            && pipeline.config().width() == images.width(),
        "--data has images of "
            + new ImageSize(images.height(), images.width())
            + ", the model makes "
            + new ImageSize(pipeline.config().height(), pipeline.config().width()));
    return pipeline;
  }
}
