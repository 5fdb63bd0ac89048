package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.data.ImageDataset;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import picocli.CommandLine.Option;

/** A model, and what it is told of the classes of images. */
final class ModelArguments {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description =
          "The model: a file that demo or train wrote, a checkpoint of another project, a folder of"
              + " diffusers, or a built-in model: fashion or digits.")
  Path model = Path.of(TrainingRun.MODEL);

  @Option(
      names = "--label",
      paramLabel = "CLASS",
      description = "Class of the images, by name or number. Default: their own labels.")
  @Nullable String label;

  ModelArguments() {}

  /** Reads the model. */
  Pipeline load(UsageCheck usage, ForeignArguments foreign) throws IOException {
    return foreign.open(usage, model);
  }

  /** Checks that images are such as the model makes. */
  static void requireFit(UsageCheck usage, Pipeline pipeline, ImageDataset data) {
    int channels = pipeline.model().config().inChannels();
    usage.require(
        data.channels() == channels,
        "--data has images of "
            + data.channels()
            + " channels, the model's have "
            + channels
            + "; give --channels "
            + channels);
    usage.valid(
        () -> {
          pipeline.model().config().requireSize(data.height(), data.width());
          return data;
        });
  }

  /** Images number first to first + count − 1, in [−1, 1]. */
  static Tensor images(ImageDataset data, int first, int count) {
    int[] indices = new int[count];
    for (int i = 0; i < count; i++) {
      indices[i] = first + i;
    }
    float[] pixels = new float[Math.multiplyExact(count, data.imageSize())];
    data.images(indices, pixels);
    return Tensor.of(Shape.of(count, data.height(), data.width(), data.channels()), pixels);
  }

  /** Their classes: those asked for, or their own; null for a model without classes. */
  @Nullable Tensor labels(
      UsageCheck usage, Pipeline pipeline, ImageDataset data, int first, int count) {
    int[] labels = labels(usage, pipeline, data);
    if (labels.length == 0) {
      return null;
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = labels[first + i];
    }
    return Tensor.of(values);
  }

  private int[] labels(UsageCheck usage, Pipeline pipeline, ImageDataset data) {
    int classes = pipeline.classes();
    if (classes == 0) {
      usage.require(label == null, "--label: the model has no classes; leave it out");
      return new int[0];
    }
    int[] labels = new int[data.size()];
    if (label != null) {
      List<Integer> wanted =
          new LabelSelection(usage, classes, pipeline.config().classNames()).labels(label, 1);
      Arrays.fill(labels, wanted.get(0));
      return labels;
    }
    usage.require(
        data.classes() > 0,
        "the model has classes, but --data has no labels; give a --label for all images");
    for (int i = 0; i < labels.length; i++) {
      labels[i] = data.label(i);
      usage.require(
          labels[i] < classes,
          "--data has the label " + labels[i] + ", the model only " + classes + " classes");
    }
    return labels;
  }
}
