package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.NoisyClassifier;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.process.Guidance;
import picocli.CommandLine.Option;

/** A classifier that pulls samples towards their class. */
final class ClassifierArguments {
  @Option(
      names = "--classifier",
      paramLabel = "FILE",
      description = "Pull samples towards their class, by a file that train-classifier wrote.")
  @Nullable Path file;

  @Option(
      names = "--classifier-scale",
      paramLabel = "S",
      description = "How strongly: 1 is Bayes' rule, more makes clearer classes. Default: 1.")
  @Nullable Double scale;

  @Option(
      names = "--classifier-form",
      paramLabel = "FORM",
      description =
          "Where the pull enters: score, for every sampler, or mean, for ddpm. Default: score.")
  Guidance.@Nullable Form form;

  ClassifierArguments() {}

  boolean given() {
    return file != null;
  }

  /**
   * The model under the classifier's guidance, if there is one.
   *
   * @param label of all samples, where the model is not told classes
   */
  Pipeline guided(UsageCheck usage, Pipeline model, @Nullable String label) throws IOException {
    Path classifierFile = file;
    if (classifierFile == null) {
      usage.require(
          scale == null && form == null,
          "--classifier-scale and --classifier-form are settings of a classifier; give --classifier");
      return model;
    }
    NoisyClassifier classifier = NoisyClassifier.load(classifierFile);
    usage.require(
        classifier.noisy(),
        "--classifier "
            + classifierFile
            + " was trained on clean images and cannot see through noise; train one with"
            + " train-classifier --model");
    DiffusionConfig seen = classifier.config();
    DiffusionConfig noised = model.config();
    usage.require(
        seen.schedule().equals(noised.schedule())
            && seen.steps() == noised.steps()
            && seen.rescaleTimesteps() == noised.rescaleTimesteps()
            && seen.height() == noised.height()
            && seen.width() == noised.width(),
        "--classifier "
            + classifierFile
            + " was trained for other noise or images than the model's; train one with"
            + " train-classifier --model");
    int classes = seen.classNames().size();
    usage.require(
        model.classes() == 0 || model.classes() == classes,
        "the classifier tells " + classes + " classes apart, the model has " + model.classes());
    Integer all = model.classes() > 0 ? null : only(usage, label, seen);
    double strength = scale == null ? 1 : scale;
    Guidance.Form where = form == null ? Guidance.Form.SCORE : form;
    return usage.valid(() -> model.guidedBy(classifier.guidance(strength, where, all)));
  }

  /** The one class that an unconditional model is pulled towards. */
  private static Integer only(UsageCheck usage, @Nullable String label, DiffusionConfig seen) {
    usage.require(
        label != null, "the model is not told classes; name one to pull towards with --label");
    int classes = seen.classNames().size();
    return new LabelSelection(usage, classes, seen.classNames())
        .labels(String.valueOf(label), 1)
        .get(0);
  }
}
