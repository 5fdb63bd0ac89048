package ornstein.cli;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.train.TrainingProgress;
import ornstein.engine.io.AtomicFile;

/**
 * The course of a training run in bounded memory: means over windows of steps. When there are too
 * many windows, neighbours are merged in pairs, and later windows are twice as long.
 */
final class LossHistory {
  private static final int MOST_POINTS = 4096;

  /** The display's average covers about the last tenth of the run, but no more steps than this. */
  private static final double SMOOTHING_STEPS = 100;

  private final List<Point> points = new ArrayList<>();
  private final List<TrainingProgress> window = new ArrayList<>();
  private int windowSteps = 1;
  private double smoothed;
  private long steps;
  private @Nullable TrainingProgress last;

  /**
   * Means over a window of steps.
   *
   * @param step the window's last step
   * @param loss mean loss
   * @param learningRate mean learning rate
   * @param gradNorm mean norm of the gradient before clipping
   * @param seconds time from the run's start to the window's end
   */
  record Point(long step, double loss, double learningRate, double gradNorm, double seconds) {
    Point mergedWith(Point later) {
      return new Point(
          later.step,
          (loss + later.loss) / 2,
          (learningRate + later.learningRate) / 2,
          (gradNorm + later.gradNorm) / 2,
          later.seconds);
    }
  }

  /** Takes a step in. */
  void add(TrainingProgress progress) {
    steps++;
    last = progress;
    double weight = Math.max(10.0 / (steps + 9), 1 / SMOOTHING_STEPS);
    smoothed += weight * (progress.loss() - smoothed);
    window.add(progress);
    if (window.size() == windowSteps) {
      points.add(mean(window));
      window.clear();
      if (points.size() == MOST_POINTS) {
        merge();
      }
    }
  }

  private static Point mean(List<TrainingProgress> window) {
    double loss = 0;
    double rate = 0;
    double norm = 0;
    for (TrainingProgress p : window) {
      loss += p.loss();
      rate += p.learningRate();
      norm += p.gradNorm();
    }
    TrainingProgress last = window.get(window.size() - 1);
    int n = window.size();
    return new Point(last.step(), loss / n, rate / n, norm / n, last.elapsed().toNanos() / 1e9);
  }

  private void merge() {
    List<Point> merged = new ArrayList<>(MOST_POINTS);
    for (int i = 0; i < points.size(); i += 2) {
      merged.add(points.get(i).mergedWith(points.get(i + 1)));
    }
    points.clear();
    points.addAll(merged);
    windowSteps *= 2;
  }

  /** Average of the loss over the last tenth of the run or a hundred steps; 0 before the first. */
  double smoothedLoss() {
    return smoothed;
  }

  /** Whether no step has been taken in. */
  boolean isEmpty() {
    return last == null;
  }

  /** The last step taken in; there must be one. */
  TrainingProgress last() {
    if (last == null) {
      throw new IllegalStateException("no step has been taken in");
    }
    return last;
  }

  /** Steps that a window covers now. */
  int windowSteps() {
    return windowSteps;
  }

  /** The windows in order, the last one possibly shorter than the others. */
  List<Point> points() {
    List<Point> all = new ArrayList<>(points);
    if (!window.isEmpty()) {
      all.add(mean(window));
    }
    return all;
  }

  /** Writes a csv file with a line for each window. */
  void saveCsv(Path file) throws IOException {
    AtomicFile.write(
        file,
        out -> {
          Writer text = new OutputStreamWriter(out, StandardCharsets.UTF_8);
          text.write("step,loss,learning_rate,grad_norm,seconds\n");
          for (Point p : points()) {
            text.write(
                String.format(
                    Locale.ROOT,
                    "%d,%.6g,%.6g,%.6g,%.3f\n",
                    p.step,
                    p.loss,
                    p.learningRate,
                    p.gradNorm,
                    p.seconds));
          }
          text.flush();
        });
  }
}
