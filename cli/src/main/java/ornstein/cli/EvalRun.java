package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.data.Images;
import ornstein.diffusion.eval.ReferenceCache;
import picocli.CommandLine;

/** Measures what is asked for, one figure after the other. */
final class EvalRun {
  private final CommandLine command;
  private final EvalImages.Parts parts;
  private final ExtractorArguments.Tried tried;
  private final EvalFeatures features;
  private final EvalFigures figures;
  private long seed;
  private int nllImages;
  private @Nullable Pipeline pipeline;
  private @Nullable SampleRequest request;
  private @Nullable Images samples;
  private String made = "";
  private boolean pictured;

  /**
   * Prepares a run.
   *
   * @param parts the images
   * @param tried what turns images into features
   * @param asked what must be measured; empty for whatever can be
   * @param cache keeps what is computed of reference images
   */
  EvalRun(
      CommandLine command,
      EvalImages.Parts parts,
      ExtractorArguments.Tried tried,
      Set<EvalMetric> asked,
      ReferenceCache cache) {
    this.command = command;
    this.parts = parts;
    this.tried = tried;
    this.figures = new EvalFigures(command, asked);
    this.features = new EvalFeatures(command, tried.extractor(), cache);
  }

  /** The seed of noise and of what is drawn. */
  EvalRun seed(long other) {
    seed = other;
    return this;
  }

  /** Images whose bits are measured, at most. */
  EvalRun nllImages(int count) {
    nllImages = count;
    return this;
  }

  /** Samples of a model. */
  void sampledBy(Pipeline model, SampleRequest what, String description) {
    pipeline = model;
    request = what;
    made = description;
  }

  /** Samples that exist. */
  void given(Images images, String description) {
    samples = images;
    made = description;
  }

  /** Whether the picture was drawn. */
  boolean pictured() {
    return pictured;
  }

  /** Leaves out what cannot be measured, which is an error if it was asked for. */
  void leaveOutTheImpossible() {
    Images given = samples;
    Pipeline model = pipeline;
    SampleRequest what = request;
    if (model == null || what == null) {
      figures.leaveOut(EvalMetric.SPEED, "samples that exist take no time", "give --model");
      figures.leaveOut(EvalMetric.NLL, "samples alone have no likelihood", "give --model");
    } else if (model.classes() > 0 && unseen().images().classes() == 0) {
      figures.leaveOut(
          EvalMetric.NLL,
          "the model has classes, the images have no labels",
          "see --labels in --help");
    }
    int count = given != null ? given.count() : what == null ? 0 : what.count();
    new EvalLimits(
            count,
            parts.reference().images().size(),
            parts.training().images().size(),
            tried.first().features().dimensions(),
            tried.first().probabilities() != null)
        .apply(figures);
  }

  /** Images that the model has not seen, or those it has if there are no others. */
  private EvalImages.Part unseen() {
    EvalImages.Part held = parts.held();
    return held == null ? parts.training() : held;
  }

  /**
   * Measures what is possible; figures are printed as they come.
   *
   * @param goOn whether nobody has ended the work
   * @param picture where samples and their nearest training images are drawn
   * @throws CancellationException if somebody did
   */
  EvalReport measure(BooleanSupplier goOn, Path picture) throws IOException {
    if (figures.wants(EvalMetric.NLL) && pipeline != null) {
      bits(pipeline, goOn);
    }
    boolean inFeatures =
        figures.wants(
            EvalMetric.FRECHET,
            EvalMetric.KERNEL,
            EvalMetric.PRECISION_RECALL,
            EvalMetric.INCEPTION);
    if (inFeatures || figures.wants(EvalMetric.MEMORISATION, EvalMetric.SPEED)) {
      Images images = samples == null ? sample(goOn) : samples;
      if (inFeatures) {
        EvalImages.Part reference = parts.reference();
        new FeatureFigures(figures, made, reference, tried.extractor(), features, seed, goOn)
            .measure(features.of(images, goOn));
      }
      if (figures.wants(EvalMetric.MEMORISATION)) {
        new MemorisationFigures(command, figures, made, parts.training(), parts.held(), goOn)
            .measure(images, picture);
        pictured = true;
      }
    }
    return figures.report();
  }

  private Images sample(BooleanSupplier goOn) {
    Pipeline model = pipeline;
    SampleRequest what = request;
    if (model == null || what == null) {
      throw new IllegalStateException("neither samples nor a model was given");
    }
    long start = System.nanoTime();
    Images images;
    try (ProgressDisplay display = ProgressDisplay.open(command, "sampling")) {
      images =
          model.sample(
              what,
              (first, step) -> {
                SamplingRun.show(display, what, first, step, System.nanoTime() - start);
                return goOn.getAsBoolean();
              });
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (figures.wants(EvalMetric.SPEED)) {
      figures.add(
          new Figure(
              "images_per_second",
              images.count() / seconds,
              Double.NaN,
              images.count(),
              made,
              "",
              "",
              String.format(
                  Locale.ROOT,
                  "%.1f s in batches of %d on %s",
                  seconds,
                  what.batch(),
                  Processor.current().model())));
    }
    return images;
  }

  private void bits(Pipeline model, BooleanSupplier goOn) {
    EvalImages.Part part = unseen();
    int n = Math.min(nllImages, part.images().size());
    ImageDataset data = part.images().spread(n);
    UsageCheck usage = new UsageCheck(command.getCommandSpec());
    BitsPerDimension bits;
    try (ProgressDisplay display = ProgressDisplay.open(command, "evaluating")) {
      bits =
          BitsPerDimension.measure(
              model.process(),
              data,
              (first, count) -> new ModelArguments().labels(usage, model, data, first, count),
              seed,
              (done, all) -> {
                display.update(done, all, "evaluations");
                return goOn.getAsBoolean();
              });
    }
    String reference = part.describe(n);
    String chain = bits.stepCount() + 1 + " steps";
    addBits("bits_per_dim", bits.total(), bits.standardError(), reference, chain);
    addBits("bits_prior", bits.prior(), Double.NaN, reference, "L_T");
    addBits("bits_steps", bits.steps(), Double.NaN, reference, "L_1 to L_" + bits.stepCount());
    addBits("bits_decoder", bits.decoder(), Double.NaN, reference, "L_0");
  }

  private void addBits(String name, double value, double error, String reference, String details) {
    figures.add(new Figure(name, value, error, 0, made, reference, "", details));
  }
}
