package ornstein.bench.peers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {
  private static Measurement measured(
      String figure, Library library, String variant, double median, double least) {
    return new Measurement("product", figure, 2, library, "1.0", variant, 1e-6, median, least, 2e6);
  }

  /** Ratios 2 and 8, so that the geometric mean, 4, is not the arithmetic one. */
  private static final List<Measurement> TWO_FIGURES =
      List.of(
          measured("a", Library.ORNSTEIN, "", 4, 3),
          measured("a", Library.PYTORCH, "slow", 5, 5),
          measured("a", Library.PYTORCH, "fast", 2, 1),
          measured("b", Library.ORNSTEIN, "", 8, 8),
          measured("b", Library.PYTORCH, "only", 1, 1));

  @Test
  void theFastestContenderOfALibraryCounts() {
    Results.Row row = Results.of(TWO_FIGURES).rows().getFirst();
    assertEquals("fast", row.torch().orElseThrow().variant());
    assertEquals(2.0, row.ratio(Library.PYTORCH).orElseThrow());
    assertEquals(3.0, row.ratio(Library.PYTORCH, Measurement::least).orElseThrow());
    assertTrue(row.ratio(Library.ONNX_RUNTIME).isEmpty());
  }

  @Test
  void meansAreGeometric() {
    String last = Results.of(TWO_FIGURES).toText().lines().toList().getLast();
    assertTrue(last.startsWith("product, 2"), last);
    assertTrue(last.contains("4.00 (4.90)"), last); // √(2 · 8), √(3 · 8)
  }

  @Test
  void aLineCanBeReadBack() {
    Measurement m = measured("a", Library.ONNX_RUNTIME, "channels last", 1.25, 0.75);
    assertEquals(m, Measurement.of(m.toLine()));
    assertEquals(
        Measurement.HEADER.split(",", -1).length, m.toLine().split(",", -1).length, m.toLine());
    assertEquals(1.6, m.gflops(), 1e-12); // 2e6 operations in 1.25 ms
  }

  @Test
  void medians() {
    assertEquals(2, RoundRobin.median(new double[] {9, 1, 2}));
    assertEquals(3, RoundRobin.median(new double[] {9, 1, 2, 4}));
  }

  @Test
  void imagesChangeTheirOrderAndBack() {
    ImageBatch images = new ImageBatch(2, 3, 2);
    float[] last = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    float[] first = images.toChannelsFirst(last);
    assertArrayEquals(new float[] {0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11}, first);
    assertArrayEquals(last, images.toChannelsLast(first));
  }
}
