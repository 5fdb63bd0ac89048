package ornstein.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.DatasetOptions;
import ornstein.diffusion.data.Datasets;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.LabelChoice;
import ornstein.diffusion.data.Loading;
import picocli.CommandLine.Option;

/** Which images to train on, and how they are read. */
final class DatasetArguments {
  /** What {@code --data} takes for the built-in images. */
  static final String DIGITS = "digits";

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description = {
        "IDX file (.gz or not), CIFAR-10 binary, npz, npy or csv file, or a folder of one of the"
            + " first two or of PNG or JPEG files (sub-folders are classes, or see --labels).",
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

  @Option(
      names = "--bits",
      paramLabel = "B",
      description =
          "Bits that are kept of a picture's values, 8 or 16; 16 is for 16-bit PNG files. Default:"
              + " 8.")
  @Nullable Integer bits;

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
              + " csv file), prefix (of a folder: cat_001.png is a cat), or none. Default: auto.")
  @Nullable LabelChoice labels;

  @Option(names = "--no-labels", description = "The same as --labels none.")
  boolean noLabels;

  @Option(
      names = "--max-bad-files",
      paramLabel = "N",
      description =
          "Leave out at most N files of a folder that cannot be read, each with a message; one more"
              + " ends the command. Default: ${DEFAULT-VALUE}.")
  int maxBadFiles = 10;

  @Option(
      names = "--loading",
      paramLabel = "HOW",
      description =
          "Where the pictures of a folder are: memory, stream (in their files, decoded shortly before"
              + " they are needed; the same results), or auto (stream what would take more than"
              + " --data-memory). Default: auto.")
  Loading loading = Loading.AUTO;

  @Option(
      names = "--data-memory",
      paramLabel = "SIZE",
      converter = MemorySize.Converter.class,
      description =
          "Most memory for decoded pictures of a folder, such as 800m or 2g. Default: a quarter of"
              + " Java's heap.")
  @Nullable MemorySize dataMemory;

  /** Where a relative path begins. */
  private Path directory = Path.of("");

  DatasetArguments() {}

  /** Lets relative paths begin in the directory where a run was begun. */
  void relativeTo(String where) {
    directory = Path.of(where);
  }

  /** Other images, read in the same way and to be closed; paths begin in the same place. */
  ImageDataset alike(UsageCheck usage, Path other) throws IOException {
    return read(usage, directory.resolve(other));
  }

  /** Checks the options and opens the images, which are to be closed. */
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
      if (Files.exists(Path.of(DIGITS))) {
        usage.note("--data digits: taking the built-in images; give ./digits for what is there");
      }
      usage.require(
          size == null && channels == null && maxValue == null && bits == null,
          "--size, --channels, --bits and --max-value do not apply to the built-in digits; leave"
              + " them out, or give ./digits for a folder of that name");
      usage.require(
          loading != Loading.STREAM,
          "--loading stream does not apply to the built-in digits; leave it out");
      usage.require(
          labels == null && !noLabels,
          "--labels does not apply to the built-in digits; --no-class-cond trains without them");
      ImageDataset digits = Datasets.digits();
      return limit == null ? digits : digits.first(limit);
    }
    return read(usage, directory.resolve(data));
  }

  private ImageDataset read(UsageCheck usage, Path path) throws IOException {
    DatasetOptions options = usage.valid(this::options);
    try (ReadingReport report = new ReadingReport(usage.spec().commandLine())) {
      return Datasets.open(path, options, report);
    }
  }

  private static void positive(UsageCheck usage, String option, @Nullable Integer value) {
    usage.require(value == null || value > 0, option + " must be at least 1, got " + value);
  }

  private DatasetOptions options() {
    DatasetOptions options =
        DatasetOptions.defaults().withMaxBadFiles(maxBadFiles).withLoading(loading);
    if (bits != null) {
      options = options.withBits(bits);
    }
    if (dataMemory != null) {
      options = options.withMemory(dataMemory.bytes());
    }
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
