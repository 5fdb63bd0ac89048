package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
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
      description = "A built-in model, digits or fashion, or a file. Default: ${DEFAULT-VALUE}.")
  Path model = Path.of(BuiltInModel.DIGITS.modelName());

  @Mixin DatasetArguments dataset = new DatasetArguments();

  @Mixin ForeignArguments foreign = new ForeignArguments();

  ShippedModelArguments() {}

  /** The images, which are to be closed: the built-in ones for the built-in model of them. */
  ImageDataset images(UsageCheck usage) throws IOException {
    if (dataset.data == null) {
      usage.require(
          BuiltInModel.of(model).filter(BuiltInModel.DIGITS::equals).isPresent(),
          "--data is missing; give images such as --model " + model + " was trained on");
      dataset.data = DatasetArguments.DIGITS;
    }
    return dataset.open(usage);
  }

  /** What the images are called in the table. */
  String imagesName() {
    return String.valueOf(dataset.data);
  }

  /** The model, checked to be one of such images. */
  Pipeline open(UsageCheck usage, ImageDataset images) throws IOException {
    Pipeline pipeline = foreign.open(usage, model);
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
