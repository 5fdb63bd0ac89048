package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.DatasetOptions;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.LabelChoice;
import picocli.CommandLine.Option;

/** Which images to train on, and how they are read. */
final class DatasetArguments {
  private static final String DIGITS = "digits";

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = {
        "IDX file (.gz or not), CIFAR-10 binary, npz, npy or csv file, or a folder of one of the"
            + " first two or of PNG or JPEG files (sub-folders are classes).",
        "'digits' is the built-in set of 8x8 handwritten digits."
      })
  @Nullable String data;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      converter = ImageSize.Converter.class,
      description = "Crop and resize images to this size, such as 32x32. Default: as they are.")
  @Nullable ImageSize size;

  @Option(
      names = "--channels",
      paramLabel = "C",
      description =
          "Convert to 1 grey, 2 grey and alpha, 3 RGB or 4 RGBA. Default: as the images are.")
  @Nullable Integer channels;

  @Option(names = "--limit", paramLabel = "N", description = "Use at most N images. Default: all.")
  @Nullable Integer limit;

  @Option(
      names = "--max-value",
      paramLabel = "V",
      description = "Pixel value of white, up to 255. Default: 255; for csv also 1 or 16.")
  @Nullable Integer maxValue;

  @Option(
      names = "--labels",
      paramLabel = "WHERE",
      description =
          "Where class labels are: auto (what the format offers; of a csv file the last column, if"
              + " its rows have one value more than an image has), first_column or last_column (of a"
              + " csv file), or none. Default: auto.")
  @Nullable LabelChoice labels;

  @Option(names = "--no-labels", description = "The same as --labels none.")
  boolean noLabels;

  DatasetArguments() {}

  /** Checks the options and reads the images. */
  ImageDataset open(UsageCheck usage) throws IOException {
    if (data == null) {
      throw usage.error("--data is missing; give a file or folder of images, or digits");
    }
    usage.require(
        !noLabels || labels == null || labels == LabelChoice.NONE,
        "--no-labels and --labels contradict each other; give one of them");
    positive(usage, "--channels", channels);
    positive(usage, "--limit", limit);
    positive(usage, "--max-value", maxValue);
    if (data.equals(DIGITS)) {
      usage.require(
          size == null && channels == null && maxValue == null,
          "--size, --channels and --max-value do not apply to the built-in digits; leave"
              + " them out, or give ./digits for a folder of that name");
      usage.require(
          labels == null && !noLabels,
          "--labels does not apply to the built-in digits; --no-class-cond trains without them");
      ImageDataset digits = Datasets.digits();
      return limit == null ? digits : digits.first(limit);
    }
    return Datasets.open(Path.of(data), usage.valid(this::options));
  }

  private static void positive(UsageCheck usage, String option, @Nullable Integer value) {
    usage.require(value == null || value > 0, option + " must be at least 1, got " + value);
  }

  private DatasetOptions options() {
    DatasetOptions options = DatasetOptions.defaults();
    if (size != null) {
      options = options.withSize(size.height(), size.width());
    }
    if (channels != null) {
      options = options.withChannels(channels);
    }
    if (limit != null) {
      options = options.withLimit(limit);
    }
    if (maxValue != null) {
      options = options.withMaxValue(maxValue);
    }
    if (labels != null) {
      options = options.withLabels(labels);
    }
    return noLabels ? options.withLabels(LabelChoice.NONE) : options;
  }
}
