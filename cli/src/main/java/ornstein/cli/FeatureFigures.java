package ornstein.cli;

import java.util.function.BooleanSupplier;
import ornstein.diffusion.data.EvenPositions;
import ornstein.diffusion.eval.FeatureExtractor;
import ornstein.diffusion.eval.FeatureStatistics;
import ornstein.diffusion.eval.Features;
import ornstein.diffusion.eval.FrechetDistance;
import ornstein.diffusion.eval.InceptionScore;
import ornstein.diffusion.eval.KernelDistance;
import ornstein.diffusion.eval.PrecisionRecall;

/**
 * Figures of samples' features, most of them beside those of a reference.
 *
 * @param figures where they go
 * @param made what made the samples
 * @param reference what they are compared with
 * @param extractor what turned images into features
 * @param features features of the reference
 * @param seed of what is drawn
 * @param goOn whether nobody has ended the work
 */
record FeatureFigures(
    EvalFigures figures,
    String made,
    EvalImages.Part reference,
    FeatureExtractor extractor,
    EvalFeatures features,
    long seed,
    BooleanSupplier goOn) {
  /** Precision and recall compare all with all. */
  private static final int MOST_COMPARED = 5000;

  /** Measures what is wanted; {@link EvalLimits} has said what cannot be. */
  void measure(FeatureExtractor.Extraction sampled) {
    Features x = sampled.features();
    int compared = Math.min(x.count(), reference.images().size());
    if (figures.wants(EvalMetric.FRECHET)) {
      frechet(x);
    }
    if (figures.wants(EvalMetric.KERNEL)) {
      kernel(x, compared);
    }
    if (figures.wants(EvalMetric.PRECISION_RECALL)) {
      precisionRecall(x, Math.min(compared, MOST_COMPARED));
    }
    Features probabilities = sampled.probabilities();
    if (figures.wants(EvalMetric.INCEPTION) && probabilities != null) {
      inception(probabilities);
    }
  }

  private void frechet(Features x) {
    FeatureStatistics real = features.statistics(reference, goOn);
    double distance = FrechetDistance.between(FeatureStatistics.of(x), real);
    add(
        "frechet_distance",
        distance,
        Double.NaN,
        x.count(),
        reference.describe(),
        x.dimensions() + " features");
  }

  private void kernel(Features x, int compared) {
    Features real = features.features(reference, compared, goOn);
    KernelDistance distance = KernelDistance.overSubsets(x, real, seed, goOn);
    add(
        "kernel_distance",
        distance.mean(),
        distance.standardError(),
        x.count(),
        reference.describe(compared),
        distance.subsets() + " disjoint subsets of " + distance.subsetSize());
  }

  private void precisionRecall(Features x, int compared) {
    int k = PrecisionRecall.NEIGHBOURS;
    Features real = features.features(reference, compared, goOn);
    Features some = x.select(EvenPositions.of(x.count(), compared));
    PrecisionRecall found = PrecisionRecall.of(some, real, k, goOn);
    String text = reference.describe(compared);
    add("precision", found.precision(), Double.NaN, compared, text, "k " + k);
    add("recall", found.recall(), Double.NaN, compared, text, "k " + k);
  }

  private void inception(Features probabilities) {
    double score = InceptionScore.of(probabilities);
    String classes = probabilities.dimensions() + " classes";
    add("inception_score", score, Double.NaN, probabilities.count(), "", classes);
  }

  private void add(
      String name, double value, double error, int count, String text, String details) {
    figures.add(
        new Figure(name, value, error, count, made, text, extractor.description(), details));
  }
}
