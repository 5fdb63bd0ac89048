package ornstein.diffusion;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.Images;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.nn.unet.UNetConfig;

/** The images that a request asks of a model, checked against it: their shape and classes. */
final class RequestedImages {
  private static final int MOST_IMAGES = 1 << 20;

  private final Shape one;
  private final int[] labels;

  /**
   * Checks a request.
   *
   * @param request the request
   * @param network the model's network
   * @param config how it was trained
   * @param classes the classes that can be asked for, 0 for a model without
   * @throws IllegalArgumentException if the request does not fit the model
   */
  RequestedImages(SampleRequest request, UNetConfig network, DiffusionConfig config, int classes) {
    this.one = shape(request, network, config);
    this.labels = labels(request, classes);
  }

  private static Shape shape(SampleRequest request, UNetConfig network, DiffusionConfig config) {
    int height = request.height() == 0 ? config.height() : request.height();
    int width = request.width() == 0 ? config.width() : request.width();
    network.requireSize(height, width);
    if (request.count() > MOST_IMAGES) {
      throw new IllegalArgumentException(
          "at most " + MOST_IMAGES + " images in one request, got " + request.count());
    }
    int channels = network.inChannels();
    // Divided, not multiplied out, which could overflow a long.
    if ((long) height * width > Images.MOST_VALUES / ((long) request.count() * channels)) {
      throw new IllegalArgumentException(
          request.count()
              + " images of "
              + height
              + "x"
              + width
              + " with "
              + channels
              + " channels are over "
              + Images.MOST_VALUES
              + " values, the most of one request; ask for fewer or smaller images");
    }
    return Shape.of(1, height, width, channels);
  }

  private static int[] labels(SampleRequest request, int classes) {
    if (classes == 0) {
      if (!request.labels().isEmpty()) {
        throw new IllegalArgumentException("the model has no classes: a label cannot be asked for");
      }
      return new int[0];
    }
    int[] labels = new int[request.count()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] =
          switch (request.labels().size()) {
            case 0 -> (int) ((long) i * classes / labels.length);
            case 1 -> request.labels().get(0);
            default -> request.labels().get(i);
          };
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new IllegalArgumentException(
            "label " + labels[i] + " is none of the model's classes, 0 to " + (classes - 1));
      }
    }
    return labels;
  }

  /** [n, H, W, C]. */
  Shape shape(int n) {
    return one.with(0, n);
  }

  /** The classes of n images from the first on; empty for a network without classes. */
  int[] labels(int first, int n) {
    return labels.length == 0 ? labels : Arrays.copyOfRange(labels, first, first + n);
  }

  /** The same as a network is told them, or null. */
  static @Nullable Tensor asTensor(int[] labels) {
    if (labels.length == 0) {
      return null;
    }
    float[] values = new float[labels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = labels[i];
    }
    return Tensor.of(values);
  }
}
