package ornstein.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import ornstein.diffusion.train.LossQuartiles;
import ornstein.diffusion.train.TrainingProgress;

/**
 * Means over some steps of a training run.
 *
 * @param step the last of the steps
 * @param loss mean loss
 * @param quartiles the same by quarter of the chain
 * @param learningRate mean learning rate
 * @param gradNorm mean norm of the gradient before clipping
 * @param seconds time from the run's start to the last step
 * @param validation the loss on held-back images at the last step, with each average; empty if it
 *     was not measured
 */
record MetricsRow(
    long step,
    double loss,
    LossQuartiles quartiles,
    double learningRate,
    double gradNorm,
    double seconds,
    List<Double> validation) {

  MetricsRow {
    validation = List.copyOf(validation);
  }

  /** Rows in order, of equally many steps each, as one; the last validation loss stays. */
  static MetricsRow mean(List<MetricsRow> rows) {
    MetricsRow last = rows.getLast();
    return new MetricsRow(
        last.step,
        mean(rows, MetricsRow::loss),
        rows.stream().map(MetricsRow::quartiles).reduce(LossQuartiles::plus).orElseThrow(),
        mean(rows, MetricsRow::learningRate),
        mean(rows, MetricsRow::gradNorm),
        last.seconds,
        rows.stream()
            .map(MetricsRow::validation)
            .filter(v -> !v.isEmpty())
            .reduce((earlier, later) -> later)
            .orElse(List.of()));
  }

  private static double mean(List<MetricsRow> rows, ToDoubleFunction<MetricsRow> value) {
    return rows.stream().mapToDouble(value).sum() / rows.size();
  }

  /** Collects steps until there are enough for a row. */
  static final class Window {
    private final List<TrainingProgress> steps = new ArrayList<>();

    void add(TrainingProgress step) {
      steps.add(step);
    }

    boolean isEmpty() {
      return steps.isEmpty();
    }

    /** The row of the steps so far; the window is empty afterwards. */
    MetricsRow close(List<Double> validation) {
      int n = steps.size();
      TrainingProgress last = steps.getLast();
      MetricsRow row =
          new MetricsRow(
              last.step(),
              steps.stream().mapToDouble(TrainingProgress::loss).sum() / n,
              steps.stream()
                  .map(TrainingProgress::quartiles)
                  .reduce(LossQuartiles::plus)
                  .orElseThrow(),
              steps.stream().mapToDouble(TrainingProgress::learningRate).sum() / n,
              steps.stream().mapToDouble(TrainingProgress::gradNorm).sum() / n,
              last.elapsed().toNanos() / 1e9,
              validation);
      steps.clear();
      return row;
    }
  }
}
