package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.diffusion.train.TrainingProgress;

class LossHistoryTest {
  private static LossHistory history(int steps) {
    LossHistory history = new LossHistory();
    for (int step = 1; step <= steps; step++) {
      history.add(new TrainingProgress(step, step, 0.5, 2, step, Duration.ofMillis(10L * step), 0));
    }
    return history;
  }

  @Test
  void keepsEachStepOfAShortRun() {
    List<LossHistory.Point> points = history(3).points();
    assertEquals(
        List.of(
            new LossHistory.Point(1, 1, 0.5, 2, 0.01),
            new LossHistory.Point(2, 2, 0.5, 2, 0.02),
            new LossHistory.Point(3, 3, 0.5, 2, 0.03)),
        points);
  }

  @Test
  void longRunsAreMeansOverWindowsThatCoverAllSteps() {
    int steps = 20_003;
    LossHistory history = history(steps);
    List<LossHistory.Point> points = history.points();
    int window = history.windowSteps();
    assertEquals(8, window);
    assertTrue(points.size() <= 4096, "points: " + points.size());
    for (int i = 0; i < points.size(); i++) {
      long first = (long) i * window + 1;
      long last = Math.min(steps, first + window - 1);
      assertEquals(last, points.get(i).step());
      assertEquals((first + last) / 2.0, points.get(i).loss(), 1e-9);
    }
    assertEquals(steps, points.get(points.size() - 1).step());
  }

  /** Losses 1, 2, … k: weights 10 / (k + 9) solve the recurrence with (10 k + 1) / 11. */
  @Test
  void smoothedLossFollowsTheLastTenth() {
    assertEquals(1, history(1).smoothedLoss(), 1e-12);
    assertEquals(101 / 11.0, history(10).smoothedLoss(), 1e-12);
    assertEquals(3001 / 11.0, history(300).smoothedLoss(), 1e-9);
    // later the last hundred steps count
    assertEquals(3000 - 99, history(3000).smoothedLoss(), 2);
  }

  @Test
  void csvHasALineForEachWindow(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("log.csv");
    history(2).saveCsv(file);
    assertEquals(
        """
        step,loss,learning_rate,grad_norm,seconds
        1,1.00000,0.500000,2.00000,0.010
        2,2.00000,0.500000,2.00000,0.020
        """,
        Files.readString(file));
  }
}
