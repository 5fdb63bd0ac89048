package ornstein.diffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.guidance.ClassifierFreeGuidance;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.process.Guidance;
import ornstein.diffusion.process.ReverseProcess;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.SamplingListener;
import ornstein.engine.Shape;
import ornstein.engine.Tensor;
import ornstein.engine.autograd.Autograd;
import ornstein.engine.io.DType;
import ornstein.engine.io.FormatException;
import ornstein.engine.kernel.KernelsProvider;
import ornstein.engine.program.Program;
import ornstein.nn.checkpoint.Checkpoint;
import ornstein.nn.checkpoint.NetworkKind;
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
 * batch size.
 *
 * <p>Safe for use by several threads at once, virtual ones too. As many batches are computed at
 * once as there are processors, so that memory does not grow with the number of callers; others
 * wait in the order in which they came. A listener is called while its batch holds such a place: it
 * may sample itself, but should not wait for another thread that does.
 *
 * <p>A model holds no file and no thread of its own. One that is dropped is collected like any
 * object; {@link #close} lets go at once of what was kept to sample again quickly.
 */
public final class Pipeline implements AutoCloseable {
  private final UNet model;
  private final DiffusionConfig config;
  private final ReverseProcess process;
  private final Admission admission;
  private volatile @Nullable Guided guided;

  private Pipeline(
      UNet model, DiffusionConfig config, ReverseProcess process, Admission admission) {
    this.model = model;
    this.config = config;
    this.process = process;
    this.admission = admission;
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
    ReverseProcess process = config.process(Denoiser.recordable(model::forward));
    return new Pipeline(model, config, process, new Admission());
  }

  /**
   * The same model whose samples are pulled by the gradient of a function. To close one of the two
   * closes both.
   *
   * @param guidance what pulls them; a scale of classifier-free guidance in a request has no part
   *     with it
   * @return the guided model
   * @throws IllegalArgumentException if the schedule ends in pure noise
   */
  public Pipeline guidedBy(Guidance guidance) {
    return new Pipeline(model, config, process.with(guidance), admission);
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
    return of(Checkpoint.load(NetworkKind.UNET, file), file.toString());
  }

  /**
   * Loads a model from the bytes of its file, such as a resource of a jar.
   *
   * @param content the bytes of a file that {@link #save(Path)} wrote; not changed, and not needed
   *     afterwards
   * @param source where they come from, for messages
   * @return the pipeline
   * @throws FormatException if they are damaged, hold no configuration or are of a later version
   */
  public static Pipeline load(byte[] content, String source) throws FormatException {
    return of(Checkpoint.load(NetworkKind.UNET, content, source), source);
  }

  private static Pipeline of(Checkpoint<UNet> checkpoint, String source) throws FormatException {
    try {
      return of(checkpoint.model(), DiffusionConfig.fromMetadata(checkpoint.metadata()));
    } catch (IllegalArgumentException e) {
      throw new FormatException(source, null, -1, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Writes the model: weights and both configurations in one safetensors file.
   *
   * @param file the file to create or replace; on failure an old one stays as it was
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    save(file, DType.F32);
  }

  /**
   * Writes the model with weights of another type.
   *
   * @param file the file to create or replace; on failure an old one stays as it was
   * @param type F32, which keeps every bit, or F16 or BF16, which halve the file and round
   * @throws IllegalArgumentException if the type is another, or a weight is beyond its range
   * @throws IOException if it cannot be written
   */
  public void save(Path file, DType type) throws IOException {
    new Checkpoint<>(NetworkKind.UNET, model, config.toMetadata()).save(file, type);
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
   * Where the time of one evaluation of the network goes: its kernels with their shapes, bytes and
   * floating-point operations, and the memory that they share.
   *
   * @param batch images in the batch, at least 1
   * @return a table, see {@link Program#describe}
   * @throws IllegalArgumentException if the batch is below 1
   */
  public String describe(int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException("the batch must be at least 1, got " + batch);
    }
    Tensor x = Tensor.zeros(batch, config.height(), config.width(), model.config().inChannels());
    Tensor time = Tensor.zeros(batch);
    Tensor labels = model.config().numClasses() == 0 ? null : Tensor.zeros(batch);
    return Program.record(() -> Autograd.noGrad(() -> List.of(model.forward(x, time, labels))))
        .describe();
  }

  /**
   * Samples images.
   *
   * @param request what to sample
   * @return the images, with their labels if the network has classes
   * @throws IllegalArgumentException if the request does not fit the model
   * @throws IllegalStateException if the model has been closed
   * @throws CancellationException as {@linkplain #sample(SampleRequest, PipelineListener) with a
   *     listener}
   */
  public Images sample(SampleRequest request) {
    return sample(request, (first, step) -> true);
  }

  /**
   * Samples images under a listener's eyes. It ends within one step after the listener said so, the
   * thread was interrupted or the model was closed; the model can be used on, except in the last
   * case.
   *
   * @param request what to sample
   * @param listener follows the work and may cancel it
   * @return the images, with their labels if the network has classes
   * @throws IllegalArgumentException if the request does not fit the model
   * @throws IllegalStateException if the model has been closed
   * @throws CancellationException if the listener cancelled, the thread was interrupted, which it
   *     then still is, or the model was closed meanwhile
   */
  public Images sample(SampleRequest request, PipelineListener listener) {
    return sample(request, NoiseSource.of(request.seed()), listener);
  }

  /**
   * Samples images from other noise than that of the request's seed.
   *
   * @param request what to sample
   * @param noise where noise comes from
   * @param listener follows the work and may cancel it
   * @return the images, with their labels if the network has classes
   * @throws IllegalArgumentException if the request does not fit the model
   * @throws IllegalStateException if the model has been closed
   * @throws CancellationException if the listener cancelled, the thread was interrupted, which it
   *     then still is, or the model was closed meanwhile
   */
  public Images sample(SampleRequest request, NoiseSource noise, PipelineListener listener) {
    RequestedImages images = new RequestedImages(request, model.config(), config, classes());
    ReverseProcess chain = process(request);
    List<Images> batches = new ArrayList<>();
    for (int first = 0; first < request.count(); first += request.batch()) {
      int n = Math.min(request.batch(), request.count() - first);
      Shape shape = images.shape(n);
      int[] labels = images.labels(first, n);
      int at = first;
      NoiseSource own = noise.from(first);
      SamplingListener follower =
          step -> {
            boolean goOn = listener.onStep(at, step);
            admission.requireStillOpen();
            return goOn;
          };
      Tensor samples =
          admission.admit(
              () ->
                  request
                      .sampler()
                      .sample(
                          chain,
                          own.draw(0, shape),
                          RequestedImages.asTensor(labels),
                          own,
                          follower));
      batches.add(Images.fromUnit(shape, samples.toArray(), labels));
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
    return asRequested(guided(request.guidanceScale()), request);
  }

  /**
   * The same with another network in the place of the model's. Under classifier-free guidance it is
   * this network that is guided: it is shown all that the model's would be, one batch with and
   * without labels at each step.
   *
   * @param request what to sample
   * @param network what to ask, of the same kind of output as the model's network
   * @return the process
   * @throws IllegalArgumentException if the request does not fit the model
   */
  public ReverseProcess process(SampleRequest request, Denoiser network) {
    double scale = request.guidanceScale();
    return asRequested(process.with(scale == 1 ? network : freelyGuided(network, scale)), request);
  }

  private static ReverseProcess asRequested(ReverseProcess chain, SampleRequest request) {
    return chain.respaced(request.timesteps()).with(request.thresholding());
  }

  /**
   * Lets go of what was kept to sample again quickly, and of threads that wait for work. Requests
   * that are at work end within one step, others are refused. What the model consists of can still
   * be read and saved. Closing again does nothing.
   */
  @Override
  public void close() {
    admission.close();
    process.programs().close();
    Guided last = guided;
    if (last != null) {
      last.process().programs().close();
    }
    KernelsProvider.rest();
  }

  private ReverseProcess guided(double scale) {
    if (scale == 1) {
      return process;
    }
    Guided last = guided;
    if (last == null || last.scale() != scale) {
      Denoiser network = Denoiser.recordable(model::forward);
      last = new Guided(scale, config.process(freelyGuided(network, scale)));
      guided = last;
    }
    return last.process();
  }

  private Denoiser freelyGuided(Denoiser network, double scale) {
    if (process.guidance() != null) {
      throw new IllegalArgumentException(
          "the model is guided already; leave the scale of classifier-free guidance at 1");
    }
    int nullLabel = config.nullLabel(model.config());
    if (nullLabel < 0) {
      throw new IllegalArgumentException(
          "guidance "
              + scale
              + " needs a model that was also trained without classes (label dropout); this one has "
              + (model.config().numClasses() == 0 ? "no classes" : "no label for none"));
    }
    return ClassifierFreeGuidance.ofScale(network, scale, nullLabel);
  }

  /** What was guided last, with the steps that it has recorded. */
  private record Guided(double scale, ReverseProcess process) {}
}
