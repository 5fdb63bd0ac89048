package ornstein.diffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.guidance.ClassifierFreeGuidance;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.io.FormatException;
import ornstein.nn.checkpoint.Checkpoint;
import ornstein.nn.unet.UNet;

/**
 * A trained model, ready to sample:
 *
 * <pre>{@code
 * Pipeline model = Pipeline.load(Path.of("model.safetensors"));
 * Images images = model.sample(SampleRequest.of(16).seed(1));
 * images.saveGrid(Path.of("samples.png"), 4, 8, 2);
 * }</pre>
 *
 * The same request gives the same bits on any number of threads, at any vector width and in any
 * batch size. Safe for use by several threads at once.
 */
public final class Pipeline {
  private static final int MOST_IMAGES = 1 << 20;

  private final UNet model;
  private final DiffusionConfig config;
  private final ReverseProcess process;
  private volatile @Nullable Guided guided;

  private Pipeline(UNet model, DiffusionConfig config) {
    this.model = model;
    this.config = config;
    this.process = config.process(Denoiser.recordable(model::forward));
  }

  /**
   * Puts a network and its configuration together.
   *
   * @param model the network
   * @param config how it was trained
   * @return the pipeline
   * @throws IllegalArgumentException if the network does not {@linkplain DiffusionConfig#requireFit
   *     fit}, or its levels do not divide the image size
   */
  public static Pipeline of(UNet model, DiffusionConfig config) {
    config.requireFit(model.config());
    model.config().requireSize(config.height(), config.width());
    return new Pipeline(model, config);
  }

  /**
   * Reads a model.
   *
   * @param file a file that {@link #save} wrote
   * @return the pipeline
   * @throws FormatException if the file is damaged or no model; the message names the file
   * @throws IOException if it is missing or cannot be read
   */
  public static Pipeline load(Path file) throws IOException {
    Checkpoint checkpoint = Checkpoint.load(file);
    try {
      return of(checkpoint.model(), DiffusionConfig.fromMetadata(checkpoint.metadata()));
    } catch (IllegalArgumentException e) {
      throw new FormatException(file.toString(), null, -1, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Writes the model: weights and both configurations in one safetensors file.
   *
   * @param file the file to create or replace; on failure an old one stays as it was
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    new Checkpoint(model, config.toMetadata()).save(file);
  }

  /**
   * The network.
   *
   * @return the network
   */
  public UNet model() {
    return model;
  }

  /**
   * How it was trained.
   *
   * @return the configuration
   */
  public DiffusionConfig config() {
    return config;
  }

  /**
   * The classes that can be asked for.
   *
   * @return their number, 0 for a model without classes; a label that stands for none is not one
   */
  public int classes() {
    return model.config().numClasses() - (config.nullLabel(model.config()) >= 0 ? 1 : 0);
  }

  /**
   * The learned reverse process, for samplers and losses beyond this class.
   *
   * @return the process along the whole chain
   */
  public ReverseProcess process() {
    return process;
  }

  /**
   * Samples images.
   *
   * @param request what to sample
   * @return the images, with their labels if the network has classes
   * @throws IllegalArgumentException if the request does not fit the model
   */
  public Images sample(SampleRequest request) {
    return sample(request, (first, step) -> true);
  }

  /**
   * Samples images under a listener's eyes.
   *
   * @param request what to sample
   * @param listener follows the work and may cancel it
   * @return the images, with their labels if the network has classes
   * @throws IllegalArgumentException if the request does not fit the model
   * @throws java.util.concurrent.CancellationException if the listener cancelled
   */
  public Images sample(SampleRequest request, PipelineListener listener) {
    Shape one = imageShape(request);
    int[] labels = labels(request);
    ReverseProcess chain = process(request);
    NoiseSource noise = NoiseSource.of(request.seed());
    List<Images> batches = new ArrayList<>();
    for (int first = 0; first < request.count(); first += request.batch()) {
      int n = Math.min(request.batch(), request.count() - first);
      NoiseSource own = noise.from(first);
      Shape shape = one.with(0, n);
      int[] classes = labels.length == 0 ? labels : Arrays.copyOfRange(labels, first, first + n);
      int at = first;
      Tensor samples =
          request
              .sampler()
              .sample(
                  chain,
                  own.draw(0, shape),
                  asTensor(classes),
                  own,
                  step -> listener.onStep(at, step));
      batches.add(Images.fromUnit(shape, samples.toArray(), classes));
    }
    return Images.concat(batches);
  }

  /**
   * The reverse process as a request has it: its timesteps, thresholding and guidance.
   *
   * @param request what to sample
   * @return the process
   * @throws IllegalArgumentException if the request does not fit the model
   */
  public ReverseProcess process(SampleRequest request) {
    return guided(request.guidanceScale())
        .respaced(request.timesteps())
        .with(request.thresholding());
  }

  private ReverseProcess guided(double scale) {
    if (scale == 1) {
      return process;
    }
    int nullLabel = config.nullLabel(model.config());
    if (nullLabel < 0) {
      throw new IllegalArgumentException(
          "guidance "
              + scale
              + " needs a model that was also trained without classes (label dropout); this one has "
              + (model.config().numClasses() == 0 ? "no classes" : "no label for none"));
    }
    Guided last = guided;
    if (last == null || last.scale() != scale) {
      Denoiser network = Denoiser.recordable(model::forward);
      last =
          new Guided(
              scale, config.process(ClassifierFreeGuidance.ofScale(network, scale, nullLabel)));
      guided = last;
    }
    return last.process();
  }

  /** What was guided last, with the steps that it has recorded. */
  private record Guided(double scale, ReverseProcess process) {}

  /** [1, H, W, C] of the requested images. */
  private Shape imageShape(SampleRequest request) {
    int height = request.height() == 0 ? config.height() : request.height();
    int width = request.width() == 0 ? config.width() : request.width();
    model.config().requireSize(height, width);
    if (request.count() > MOST_IMAGES) {
      throw new IllegalArgumentException(
          "at most " + MOST_IMAGES + " images in one request, got " + request.count());
    }
    int channels = model.config().inChannels();
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

  /** The class of each image; empty for a network without classes. */
  private int[] labels(SampleRequest request) {
    int classes = classes();
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

  private static @Nullable Tensor asTensor(int[] labels) {
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
