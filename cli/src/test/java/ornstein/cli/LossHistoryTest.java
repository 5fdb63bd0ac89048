package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import ornstein.diffusion.train.LossQuartiles;

class LossHistoryTest {
  private static LossHistory history(int steps) {
    LossHistory history = new LossHistory();
    for (int step = 1; step <= steps; step++) {
      // Of a chain of four steps, one after the other but the last.
      LossQuartiles quartiles =
          LossQuartiles.of(
              4, new float[] {(float) ((step - 1) % 3 + 1)}, new float[] {(float) step});
      List<Double> validation = step % 1000 == 0 ? List.of(step / 1000.0) : List.of();
      history.add(new MetricsRow(step, step, quartiles, 0.5, 2, 0.01 * step, validation));
    }
    return history;
  }

  @Test
  void keepsEachRowOfAShortRun() {
    List<MetricsRow> rows = history(3).rows();
    assertEquals(3, rows.size());
    for (int i = 0; i < 3; i++) {
      MetricsRow p = rows.get(i);
      assertEquals(i + 1, p.step());
      assertEquals(i + 1, p.loss());
      assertEquals(i + 1, p.quartiles().mean(i));
      assertEquals(0.5, p.learningRate());
      assertEquals(2, p.gradNorm());
      assertEquals(0.01 * (i + 1), p.seconds(), 1e-12);
    }
  }

  @Test
  void longRunsAreMeansThatCoverAllRows() {
    int steps = 20_003;
    LossHistory history = history(steps);
    List<MetricsRow> rows = history.rows();
    int merged = history.merged();
    assertEquals(8, merged);
    assertTrue(rows.size() <= 4096, "rows: " + rows.size());
    for (int i = 0; i < rows.size() - 1; i++) {
      long first = (long) i * merged + 1;
      long last = first + merged - 1;
      assertEquals(last, rows.get(i).step());
      assertEquals((first + last) / 2.0, rows.get(i).loss(), 1e-9);
      assertEquals((first + last) / 2.0, rows.get(i).quartiles().mean(0), 2);
    }
    assertEquals(steps, rows.getLast().step());
    assertEquals(20, history.validated().size());
    assertEquals(20, history.validated().getLast().validation().getFirst());
  }
}
