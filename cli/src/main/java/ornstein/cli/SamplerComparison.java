package ornstein.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.process.Denoiser;
import ornstein.diffusion.sampler.NoiseSource;
import ornstein.diffusion.sampler.Sampler;
import ornstein.diffusion.sampler.SamplingStep;
import ornstein.engine.Tensor;
import ornstein.engine.io.AtomicFile;

/** Several samplers at work on the same noise, and how their images differ. */
final class SamplerComparison {
  /** What is shorter is done twice, for the first rows pay for loading and compiling. */
  private static final double SHORT_SECONDS = 10;

  private final Pipeline model;
  private final SampleRequest basis;
  private final List<Row> rows = new ArrayList<>();
  private @Nullable Row reference;

  /** A way to sample, and once it was done, its result. */
  private static final class Row {
    private final SamplerChoice choice;
    private final SampleRequest request;
    private long evaluations;
    private double seconds;
    private @Nullable Images images;

    Row(SamplerChoice choice, SampleRequest request, long evaluations) {
      this.choice = choice;
      this.request = request;
      this.evaluations = evaluations;
    }

    Images images() {
      Images done = images;
      if (done == null) {
        throw new IllegalStateException("nothing was sampled yet");
      }
      return done;
    }
  }

  /** Follows the work. */
  interface Follower {
    /**
     * Called after each step.
     *
     * @param done steps done
     * @param total steps in all
     * @param what the sampler at work
     * @return whether to go on
     */
    boolean onStep(long done, long total, String what);
  }

  /**
   * Begins without samplers.
   *
   * @param model what to sample from
   * @param basis what to sample, in one batch; sampler and timesteps are replaced
   */
  SamplerComparison(Pipeline model, SampleRequest basis) {
    this.model = model;
    this.basis = basis;
  }

  /** Adds a way to sample; an error of usage if the model cannot be sampled so. */
  void add(UsageCheck usage, SamplerChoice choice, boolean isReference) {
    Sampler sampler = choice.sampler(usage);
    String spacing = choice.arguments().timesteps(usage, model.config().steps());
    SampleRequest request =
        basis.sampler(sampler, spacing).thresholding(choice.arguments().thresholding(usage));
    Row row = new Row(choice, request, usage.valid(() -> evaluations(request)));
    rows.add(row);
    reference = isReference ? row : reference;
  }

  /** Counted with a network that sees nothing, of images of one pixel. */
  private long evaluations(SampleRequest request) {
    int factor = model.process(request).varianceModel().isLearned() ? 2 : 1;
    int channels = model.model().config().inChannels();
    Denoiser blind = (x, time, labels) -> Tensor.zeros(x.shape().dim(0), 1, 1, factor * channels);
    Tensor label = model.classes() == 0 ? null : Tensor.zeros(1);
    return count(request, blind, Tensor.zeros(1, 1, 1, channels), label, () -> true);
  }

  /**
   * Images that the network sees for each one sampled: classifier-free guidance shows it two at
   * once, with and without label.
   */
  private long count(
      SampleRequest request,
      Denoiser network,
      Tensor noise,
      @Nullable Tensor labels,
      BooleanSupplier goOn) {
    int images = noise.shape().dim(0);
    long[] seen = new long[1];
    Denoiser counted =
        (x, time, classes) -> {
          seen[0] += x.shape().dim(0);
          return network.predict(x, time, classes);
        };
    Iterator<SamplingStep> steps =
        request
            .sampler()
            .steps(model.process(request, counted), noise, labels, NoiseSource.of(request.seed()));
    while (steps.hasNext()) {
      steps.next();
      if (!goOn.getAsBoolean()) {
        throw new CancellationException("the follower did not want to go on");
      }
    }
    return seen[0] / images;
  }

  /** With the network itself: the widths of adaptive steps depend on what it sees. */
  private long adaptiveEvaluations(Row row, BooleanSupplier goOn) {
    Images images = row.images();
    float[] classes = new float[images.labels().length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = images.labels()[i];
    }
    return count(
        row.request,
        model.model()::forward,
        NoiseSource.of(basis.seed()).draw(0, images.shape()),
        classes.length == 0 ? null : Tensor.of(classes),
        goOn);
  }

  /**
   * Samples in all ways, one after the other.
   *
   * @throws java.util.concurrent.CancellationException if the follower does not want to go on
   */
  void run(Follower follower) {
    long total = rows.stream().mapToLong(row -> row.choice.arguments().count()).sum();
    long before = 0;
    for (Row row : rows) {
      sample(row, before, total, follower);
      before += row.choice.arguments().count();
    }
    for (Row row : rows) {
      if (row.seconds < SHORT_SECONDS) {
        double first = row.seconds;
        sample(row, total, total, follower);
        row.seconds = Math.min(first, row.seconds);
      }
      if (row.choice.isAdaptive()) {
        String what = label(row) + ", counting";
        row.evaluations = adaptiveEvaluations(row, () -> follower.onStep(total, total, what));
      }
    }
  }

  private void sample(Row row, long before, long total, Follower follower) {
    String what = label(row);
    long start = System.nanoTime();
    row.images =
        model.sample(
            row.request,
            (first, step) -> follower.onStep(Math.min(before + step.done(), total), total, what));
    row.seconds = (System.nanoTime() - start) / 1e9;
  }

  private static String label(Row row) {
    return row.choice + ", " + row.choice.arguments().count() + " steps";
  }

  /** Root mean square difference of an image, in grey levels of 255, on average over the images. */
  private static double distance(Images a, Images b) {
    byte[] x = a.pixels();
    byte[] y = b.pixels();
    int each = x.length / a.count();
    double sum = 0;
    for (int i = 0; i < a.count(); i++) {
      double squares = 0;
      for (int k = i * each; k < (i + 1) * each; k++) {
        double d = (x[k] & 0xff) - (y[k] & 0xff);
        squares += d * d;
      }
      sum += Math.sqrt(squares / each);
    }
    return sum / a.count();
  }

  /** Empty for the images of stochastic samplers, which have nothing to be compared with. */
  private String distance(Row row) {
    Row exact = reference;
    return exact == null || !row.choice.isDeterministic()
        ? ""
        : String.format(Locale.ROOT, "%.2f", distance(row.images(), exact.images()));
  }

  /**
   * Whether the picture is not too large to draw.
   *
   * @param scale side of a pixel's square, or null for one that suits
   */
  boolean fits(@Nullable Integer scale) {
    ImageSize size = new ImageSize(model.config().height(), model.config().width());
    return layout(size, scale).fits(basis.count() * rows.size(), size);
  }

  private PictureGrid layout(ImageSize size, @Nullable Integer scale) {
    PictureGrid grid = PictureGrid.of(basis.count(), size).withColumns(basis.count());
    return scale == null ? grid : grid.withScale(scale);
  }

  /**
   * A row of images for each sampler, under a line of what it took.
   *
   * @param scale side of a pixel's square, or null for one that suits
   */
  BufferedImage picture(@Nullable Integer scale) {
    Images first = rows.getFirst().images();
    ImageSize size = new ImageSize(first.height(), first.width());
    PictureGrid layout = layout(size, scale);
    BufferedImage head = layout.draw(first);
    PictureSheet sheet = new PictureSheet(head.getColorModel());
    if (first.labels().length > 0) {
      ClassCaptions captions = new ClassCaptions(model.config().classNames());
      sheet.line(captions.of(first), PictureGrid.PADDING, layout.cellWidth(size));
    }
    for (Row row : rows) {
      String distance = distance(row);
      String line =
          String.format(
              Locale.ROOT,
              "%s, %d evaluations, %.2f s%s",
              label(row),
              row.evaluations,
              row.seconds,
              row == reference
                  ? ", the reference"
                  : distance.isEmpty() ? ", stochastic" : ", distance " + distance);
      sheet.line(line, PictureGrid.PADDING);
      BufferedImage picture = layout.draw(row.images());
      sheet.picture(picture, 0, picture.getHeight());
    }
    return sheet.draw();
  }

  /** The table for people. */
  List<String> markdown() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "| sampler | steps | evaluations | seconds | RMS distance to the reference, of 255 |");
    lines.add("|---|---:|---:|---:|---:|");
    for (Row row : rows) {
      String distance = distance(row);
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %d | %d | %.2f | %s |",
              row.choice,
              row.choice.arguments().count(),
              row.evaluations,
              row.seconds,
              row == reference ? "the reference" : distance.isEmpty() ? "stochastic" : distance));
    }
    return lines;
  }

  /** Writes the table for programs; the distance of a stochastic sampler is empty. */
  void saveCsv(Path file) throws IOException {
    StringBuilder text = new StringBuilder("sampler,steps,evaluations,seconds,rms_distance\n");
    for (Row row : rows) {
      text.append(
          String.format(
              Locale.ROOT,
              "%s,%d,%d,%.3f,%s%n",
              row.choice,
              row.choice.arguments().count(),
              row.evaluations,
              row.seconds,
              distance(row)));
    }
    AtomicFile.write(file, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
  }
}
