package ornstein.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import ornstein.diffusion.train.LossQuartiles;

/** The curves of a run's loss, ready to be drawn along a logarithmic axis. */
final class LossCurves {
  /** Names of the quarters of the chain, from least to most noise. */
  static final List<String> QUARTERS =
      List.of("steps of least noise", "second quarter", "third quarter", "steps of most noise");

  /** Part of a curve that is averaged over. */
  private static final double SMOOTHED_PART = 0.05;

  private static final double LEAST = 1e-12;

  private final double[] steps;
  private final double[] losses;
  private final List<double[]> quartiles;
  private final double[] validatedSteps;
  private final double[] validated;
  private final String raw;

  /**
   * Prepares the curves.
   *
   * @param history the course of the run
   * @param stepsPerRow steps that each row that the history took in was made of
   */
  LossCurves(LossHistory history, int stepsPerRow) {
    // A figure that is none has no place on any axis: a row without a loss is left out.
    List<MetricsRow> points = history.rows().stream().filter(row -> isNumber(row.loss())).toList();
    int mean = stepsPerRow * history.merged();
    raw = mean == 1 ? "each step" : "mean of " + mean + " steps";
    steps = points.stream().mapToDouble(MetricsRow::step).toArray();
    // A logarithmic axis has no place for 0.
    losses = points.stream().mapToDouble(point -> Math.max(point.loss(), LEAST)).toArray();
    List<MetricsRow> held =
        history.validated().stream().filter(row -> isNumber(row.validation().getFirst())).toList();
    validatedSteps = held.stream().mapToDouble(MetricsRow::step).toArray();
    validated =
        held.stream().mapToDouble(row -> Math.max(row.validation().getFirst(), LEAST)).toArray();
    quartiles = IntStream.range(0, LossQuartiles.COUNT).mapToObj(q -> quartile(points, q)).toList();
  }

  /** Whether a loss, of 32 bits, can be this. */
  private static boolean isNumber(double loss) {
    return Math.abs(loss) <= Float.MAX_VALUE;
  }

  /** A quarter's losses; where a window has none, those of the window before. */
  private static double[] quartile(List<MetricsRow> points, int quarter) {
    double[] means = points.stream().mapToDouble(p -> p.quartiles().mean(quarter)).toArray();
    double before = Arrays.stream(means).filter(LossCurves::isNumber).findFirst().orElse(LEAST);
    for (int i = 0; i < means.length; i++) {
      before = isNumber(means[i]) ? Math.max(means[i], LEAST) : before;
      means[i] = before;
    }
    return means;
  }

  /** Whether there is no loss to draw. */
  boolean isEmpty() {
    return steps.length == 0;
  }

  /** What a point of {@link #losses} is. */
  String raw() {
    return raw;
  }

  /** The steps of all points but those of the validation. */
  double[] steps() {
    return steps.clone();
  }

  /** The losses at the steps. */
  double[] losses() {
    return losses.clone();
  }

  /** The same, smoothed. */
  double[] smoothed() {
    return smoothed(losses);
  }

  /** A quarter's losses at the steps, smoothed. */
  double[] smoothedQuarter(int quarter) {
    return smoothed(quartiles.get(quarter));
  }

  /** The steps at which the loss on held-back images was measured; none if it was not. */
  double[] validatedSteps() {
    return validatedSteps.clone();
  }

  /** That loss. */
  double[] validated() {
    return validated.clone();
  }

  /** Running mean over both neighbourhoods; near the start a short one, for the loss falls fast. */
  private static double[] smoothed(double[] losses) {
    double[] result = new double[losses.length];
    int reach = (int) (SMOOTHED_PART * losses.length / 2);
    for (int i = 0; i < losses.length; i++) {
      int near = Math.min(reach, i / 2);
      int end = Math.min(losses.length, i + near + 1);
      // Not a difference of running sums: behind a huge loss it would lose the small ones.
      result[i] = Arrays.stream(losses, i - near, end).sum() / (end - (i - near));
    }
    return result;
  }
}
