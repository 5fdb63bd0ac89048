package ornstein.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.AverageTimeResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ResultRole;
import ornstein.bench.guard.Figure;
import ornstein.bench.guard.Measurement;
import ornstein.bench.guard.MeasurementException;

class JmhMeterTest {
  private static final Figure ONE = new Figure("one", Object.class, "m", Map.of(), false, 1, 1);
  private static final Figure ALL = new Figure("all", Object.class, "m", Map.of(), true, 1, 1);

  /** A batch of a rate, held against a peak of 128, with a share of the cores. */
  private static IterationResult batch(double rate, double cores) {
    return batch(rate, cores, 128);
  }

  private static IterationResult batch(double rate, double cores, double peak) {
    IterationResult batch = silent();
    Work work = new Work((long) (rate * 1e9), 1, Work.Unit.FLOPS);
    batch.addResults(PeakProfiler.results(work, 1, 1, peak, cores));
    return batch;
  }

  /** A batch without what the profiler adds. */
  private static IterationResult silent() {
    IterationResult batch = new IterationResult(null, null, null);
    batch.addResult(
        new AverageTimeResult(ResultRole.PRIMARY, "m", 1, 1_000_000_000, TimeUnit.SECONDS));
    return batch;
  }

  @Test
  void theBestBatchCounts() {
    List<IterationResult> batches = List.of(batch(32, 1), batch(64, 1), batch(48, 1));
    assertEquals(new Measurement(64, "GFLOP/s", 0.5, true), JmhMeter.best(ONE, batches));
    assertEquals(new Measurement(64, "GFLOP/s", 0.5, true), JmhMeter.best(ALL, batches));
  }

  @Test
  void onOneThreadOnlyTheTimeThatItRanCounts() {
    List<IterationResult> batches = List.of(batch(48, 0.5), batch(64, 1));
    assertEquals(new Measurement(96, "GFLOP/s", 0.75, true), JmhMeter.best(ONE, batches));
  }

  @Test
  void aBatchDoesNotCountWhileTheProcessorIsSlowedDown() {
    List<IterationResult> batches = List.of(batch(64, 1), batch(96, 1, 115), batch(32, 1, 120));
    assertEquals(new Measurement(64, "GFLOP/s", 0.5, true), JmhMeter.best(ONE, batches));
    List<IterationResult> slower = List.of(batch(64, 1), batch(96, 1, 116));
    assertEquals(96, JmhMeter.best(ONE, slower).rate(), 1e-9);
  }

  @Test
  void onAllThreadsTheTimeCountsAsItIs() {
    List<IterationResult> batches = List.of(batch(48, 0.5), batch(64, 1));
    assertEquals(new Measurement(64, "GFLOP/s", 0.5, true), JmhMeter.best(ALL, batches));
  }

  @Test
  void onAllThreadsATenthOfTheBatchesMustHaveHadTheCores() {
    List<IterationResult> busy = Stream.generate(() -> batch(40, 0.89)).limit(10).toList();
    assertFalse(JmhMeter.best(ALL, busy).undisturbed());
    assertTrue(JmhMeter.best(ONE, busy).undisturbed());
    List<IterationResult> once =
        Stream.concat(busy.stream().skip(1), Stream.of(batch(40, 0.9))).toList();
    assertTrue(JmhMeter.best(ALL, once).undisturbed());
    List<IterationResult> rarely = Stream.concat(busy.stream(), Stream.of(batch(40, 0.9))).toList();
    assertFalse(JmhMeter.best(ALL, rarely).undisturbed());
  }

  @Test
  void aBenchmarkThatAnnouncesNoWorkIsAnError() {
    List<IterationResult> silent = List.of(silent());
    MeasurementException e =
        assertThrows(MeasurementException.class, () -> JmhMeter.best(ONE, silent));
    assertTrue(e.getMessage().startsWith("one: ") && e.getMessage().contains("Work"));
  }
}
