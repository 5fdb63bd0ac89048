package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import ornstein.diffusion.train.LossQuartiles;

/** Curves of a loss that is not everywhere a number. */
class LossSvgTest {
  private static LossCurves curves(double... losses) {
    LossHistory history = new LossHistory();
    for (int i = 0; i < losses.length; i++) {
      LossQuartiles quartiles = LossQuartiles.ofMeans(losses[i], 0.5, 0.5, 0.5);
      history.add(new MetricsRow(i + 1, losses[i], quartiles, 1e-3, 1, i + 1, List.of(losses[i])));
    }
    return new LossCurves(history, 1);
  }

  private static String text(LossCurves curves) {
    return Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(20), () -> new LossSvg(curves).text());
  }

  @Test
  void whatIsNoNumberIsLeftOut() {
    LossCurves curves = curves(0.5, Double.NaN, 0.25, Double.POSITIVE_INFINITY, 0.125);
    assertArrayEquals(new double[] {1, 3, 5}, curves.steps());
    assertArrayEquals(new double[] {0.5, 0.25, 0.125}, curves.losses());
    assertArrayEquals(new double[] {1, 3, 5}, curves.validatedSteps());
    assertArrayEquals(new double[] {0.5, 0.25, 0.125}, curves.validated());
    String svg = text(curves);
    assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    assertTrue(svg.contains(">0.2<"), svg);
  }

  @Test
  void infiniteQuartersAreThoseOfTheWindowBefore() {
    LossHistory history = new LossHistory();
    for (int i = 1; i <= 2; i++) {
      double first = i == 1 ? 0.5 : Double.POSITIVE_INFINITY;
      LossQuartiles quartiles = LossQuartiles.ofMeans(first, 0.5, 0.5, 0.5);
      history.add(new MetricsRow(i, 0.5, quartiles, 1e-3, 1, i, List.of()));
    }
    LossCurves curves = new LossCurves(history, 1);
    assertArrayEquals(new double[] {0.5, 0.5}, curves.smoothedQuarter(0));
  }

  @Test
  void theMarksOfTheGreatestNumbersEnd() {
    String svg = text(curves(Float.MAX_VALUE, Double.MAX_VALUE, 1));
    assertTrue(svg.contains(">1<") && svg.contains(">2e+38<"), svg);
    assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    assertEquals(1, curves(Float.MAX_VALUE, 1).smoothed()[1]);
  }

  @Test
  void withoutAnyLossThereIsNothingToDraw() {
    LossCurves curves = curves(Double.NaN, Double.NEGATIVE_INFINITY);
    assertTrue(curves.isEmpty());
    assertEquals(0, curves.smoothed().length);
  }
}
