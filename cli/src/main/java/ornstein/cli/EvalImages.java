package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.DatasetSplit;
import ornstein.diffusion.data.ImageDataset;
import picocli.CommandLine.Option;

/** Which images samples are compared with. */
final class EvalImages {
  @Option(
      names = "--validation",
      paramLabel = "PART",
      description =
          "The part of the images (0.1), or the number (500), that training held back: give what"
              + " train was given. They serve as images that the model has not seen. Default: none.")
  @Nullable String validation;

  @Option(
      names = "--held-out",
      paramLabel = "PATH",
      description =
          "Other images that the model has not seen, such as the test part, read as --data is.")
  @Nullable Path heldOut;

  @Option(
      names = "--reference",
      paramLabel = "WHICH",
      description =
          "Compare with the training or the held-out images. Default: training, that is, --data"
              + " without what --validation holds back.")
  @Nullable Which reference;

  /** Parts of the data. */
  enum Which {
    /** What the model was trained on. */
    TRAINING,
    /** What it was not trained on. */
    HELD_OUT;

    @Override
    public String toString() {
      return this == TRAINING ? "training" : "held-out";
    }
  }

  EvalImages() {}

  /**
   * Images with their name.
   *
   * @param images the images
   * @param source where they are from
   * @param split what of it
   * @param fingerprint digest of all in them
   */
  record Part(ImageDataset images, String source, String split, String fingerprint) {
    static Part of(ImageDataset images, String source, String split) {
      return new Part(images, source, split, images.fingerprint());
    }

    /** Number, source and digest, as every figure states them. */
    String describe() {
      return describe(images.size());
    }

    /** The same for some of them at even distances. */
    String describe(int count) {
      String some = count == images.size() ? "" : String.format(Locale.ROOT, "%,d of ", count);
      return String.format(
          Locale.ROOT,
          "%s%,d images of %s (%s), sha256 %s",
          some,
          images.size(),
          source,
          split,
          fingerprint.substring(0, 12));
    }
  }

  /**
   * The parts.
   *
   * @param training what the model was trained on
   * @param held what it was not trained on; null if that is not known
   * @param reference the one that samples are compared with
   */
  record Parts(Part training, @Nullable Part held, Part reference) implements AutoCloseable {
    @Override
    public void close() {
      training.images().close();
      if (held != null) {
        held.images().close();
      }
    }
  }

  /** Opens the images, which are to be closed. */
  Parts open(UsageCheck usage, DatasetArguments dataset) throws IOException {
    usage.require(
        validation == null || heldOut == null,
        "--validation and --held-out both say what the model has not seen; give one of them");
    usage.require(
        reference != Which.HELD_OUT || validation != null || heldOut != null,
        "--reference held-out needs such images; give --validation or --held-out");
    usage.require(
        dataset.bits == null || dataset.bits == 8,
        "--bits " + dataset.bits + ": samples are 8-bit images; leave it out");
    ImageDataset all = dataset.open(usage);
    ImageDataset other = null;
    try {
      other = heldOut == null ? null : dataset.alike(usage, heldOut);
      return parts(usage, dataset, all, other);
    } catch (IOException | RuntimeException e) { // nobody else will close them
      all.close();
      if (other != null) {
        other.close();
      }
      throw e;
    }
  }

  private Parts parts(
      UsageCheck usage, DatasetArguments dataset, ImageDataset all, @Nullable ImageDataset other) {
    String name = String.valueOf(dataset.data);
    String whole = dataset.limit == null ? "all" : "first " + dataset.limit;
    Part training;
    Part held = null;
    if (validation != null) {
      DatasetSplit split = TrainingImages.split(usage, all, validation);
      training = Part.of(split.training(), name, whole + " without validation " + validation);
      held = Part.of(split.validation(), name, whole + " validation " + validation);
    } else {
      training = Part.of(all, name, whole);
      if (other != null) {
        usage.require(
            other.imageShape().equals(all.imageShape()),
            "--held-out has images of "
                + other.imageShape()
                + ", --data of "
                + all.imageShape()
                + "; give --size and --channels to make them alike");
        held = Part.of(other, String.valueOf(heldOut), whole);
      }
    }
    Part compared = reference == Which.HELD_OUT && held != null ? held : training;
    return new Parts(training, held, compared);
  }
}
