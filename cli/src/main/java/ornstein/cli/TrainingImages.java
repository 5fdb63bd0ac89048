package ornstein.cli;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.Augmentation;
import ornstein.diffusion.data.DatasetSplit;
import ornstein.diffusion.data.ImageDataset;
import picocli.CommandLine.Option;

/** Which of the images are trained on, and how they are changed by chance. */
final class TrainingImages {
  /** Not that of the training: runs of other seeds measure with the same images. */
  private static final long SEED = 0;

  private static final Pattern COUNT = Pattern.compile("[0-9]{1,9}");
  private static final Pattern FRACTION = Pattern.compile("[0-9]*\\.[0-9]+");

  @Option(
      names = "--validation",
      paramLabel = "PART",
      description =
          "Hold back this part of the images (0.1), or so many (500), of each class its share, and"
              + " measure the loss with them; the same ones whatever the --seed. Default: none.")
  @Nullable String validation;

  @Option(
      names = "--crop",
      paramLabel = "HxW",
      converter = ImageSize.Converter.class,
      description =
          "Train on windows of this size, cut from the images at random places, each time another;"
              + " give a larger --size to cut from. Default: whole images.")
  @Nullable ImageSize crop;

  @Option(
      names = "--flip",
      description =
          "Mirror images, left to right, half of the time. Not for digits, letters or anything else"
              + " that must not be mirrored.")
  boolean flip;

  TrainingImages() {}

  /** What is trained on. */
  ImageDataset training(UsageCheck usage, ImageDataset all) {
    DatasetSplit split = split(usage, all);
    return usage.valid(() -> augmentation().applyTo(split == null ? all : split.training()));
  }

  /** What is held back; null if nothing is. */
  @Nullable ImageDataset heldBack(UsageCheck usage, ImageDataset all) {
    DatasetSplit split = split(usage, all);
    return split == null ? null : centred(usage, split.validation());
  }

  /** Images to measure with, of the size of those that are trained on. */
  ImageDataset centred(UsageCheck usage, ImageDataset images) {
    return usage.valid(() -> augmentation().centred(images));
  }

  private Augmentation augmentation() {
    return crop == null
        ? new Augmentation(0, 0, flip)
        : new Augmentation(crop.height(), crop.width(), flip);
  }

  private @Nullable DatasetSplit split(UsageCheck usage, ImageDataset all) {
    return validation == null ? null : split(usage, all, validation);
  }

  /** The parts that {@code --validation} makes of some images. */
  static DatasetSplit split(UsageCheck usage, ImageDataset all, String part) {
    if (COUNT.matcher(part).matches()) {
      return usage.valid(() -> DatasetSplit.of(all, Integer.parseInt(part), SEED));
    }
    usage.require(
        FRACTION.matcher(part).matches(),
        "--validation " + part + " is neither a part of the images (0.1) nor a number (500)");
    return usage.valid(() -> DatasetSplit.ofFraction(all, Double.parseDouble(part), SEED));
  }
}
