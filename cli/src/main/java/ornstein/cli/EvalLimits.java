package ornstein.cli;

import java.util.Locale;
import ornstein.diffusion.eval.KernelDistance;
import ornstein.diffusion.eval.PrecisionRecall;

/**
 * What measures need, told from counts alone, so that nothing is sampled in vain.
 *
 * @param samples number of samples
 * @param reference number of images that they are compared with
 * @param training number of images that were trained on
 * @param dimensions length of a vector of features
 * @param classes whether the extractor gives probabilities of classes
 */
record EvalLimits(int samples, int reference, int training, int dimensions, boolean classes) {
  /** The nearest training image is compared with the next. */
  private static final int LEAST_TRAINING = 2;

  /** Leaves out what cannot be measured, which is an error if it was asked for. */
  void apply(EvalFigures figures) {
    int fewer = Math.min(samples, reference);
    if (fewer <= dimensions) {
      figures.leaveOut(
          EvalMetric.FRECHET,
          String.format(
              Locale.ROOT,
              "%,d samples and %,d reference images are too few for the covariance of %,d features",
              samples,
              reference,
              dimensions),
          "take more than " + dimensions + " of both, or an extractor of fewer features");
    }
    if (fewer < KernelDistance.LEAST_SAMPLES) {
      figures.leaveOut(
          EvalMetric.KERNEL,
          fewer + " samples or reference images are too few for subsets",
          "take at least " + KernelDistance.LEAST_SAMPLES + " of both");
    }
    int k = PrecisionRecall.NEIGHBOURS;
    if (fewer <= k) {
      figures.leaveOut(
          EvalMetric.PRECISION_RECALL,
          fewer + " samples or reference images are too few for " + k + " neighbours",
          "take at least " + (k + 1) + " of both");
    }
    if (!classes) {
      figures.leaveOut(
          EvalMetric.INCEPTION,
          "the extractor knows no classes",
          "give --extractor the file of a classifier");
    }
    if (training < LEAST_TRAINING) {
      figures.leaveOut(
          EvalMetric.MEMORISATION,
          "there are too few training images",
          "take at least " + LEAST_TRAINING);
    }
  }
}
