package ornstein.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.ScalarResult;

class PeakProfilerTest {
  private static Map<String, Double> results(
      Work work, int callers, double seconds, double peak, double cores) {
    Map<String, Double> scores = new LinkedHashMap<>();
    for (ScalarResult result : PeakProfiler.results(work, callers, seconds, peak, cores)) {
      scores.put(result.getLabel(), result.getScore());
    }
    return scores;
  }

  @Test
  void dividesTheRateByThePeakOfAllThreads() {
    // 4 GFLOP in half a second are 8 GFLOP/s; two threads could do 2 · 10
    Work work = new Work(4_000_000_000L, 2, Work.Unit.FLOPS);
    assertEquals(
        Map.of("gflops", 8.0, "peak.gflops", 20.0, "peak.percent", 40.0, "cores.percent", 75.0),
        results(work, 1, 0.5, 10, 0.75));
  }

  @Test
  void countsElements() {
    Work work = new Work(1_000_000_000L, 1, Work.Unit.ELEMENTS);
    assertEquals(2.0, results(work, 1, 0.5, 10, 1).get("gelements"));
  }

  @Test
  void severalCallersAddUp() {
    Work work = new Work(1_000_000_000L, 1, Work.Unit.FLOPS);
    Map<String, Double> results = results(work, 4, 0.5, 10, 1);
    assertEquals(8.0, results.get("gflops"));
    assertEquals(40.0, results.get("peak.gflops"));
  }

  @Test
  void theShareOfTheCoresIsAtMostAllOfThem() {
    Work work = new Work(1, 1, Work.Unit.FLOPS);
    assertEquals(100.0, results(work, 1, 1, 10, 1.01).get("cores.percent"));
  }

  @Test
  void scoresOfAllModesBecomeSeconds() {
    assertEquals(
        0.25, PeakProfiler.secondsPerOp(Mode.AverageTime, TimeUnit.MILLISECONDS, 3, 250), 1e-15);
    assertEquals(
        0.25, PeakProfiler.secondsPerOp(Mode.SingleShotTime, TimeUnit.SECONDS, 1, 0.25), 1e-15);
    // two callers that do 8 calls a second together take a quarter of a second each
    assertEquals(0.25, PeakProfiler.secondsPerOp(Mode.Throughput, TimeUnit.SECONDS, 2, 8), 1e-15);
  }

  /**
   * With factor 1 each chain adds 0.001 at every round: the sum tells how many rounds there were.
   */
  @Test
  void theYardstickDoesTheWorkItIsCreditedWith() {
    int lanes = FloatVector.SPECIES_PREFERRED.length();
    long rounds = FmaPeak.FLOPS / (2L * 10 * lanes);
    float chain = 1e-3f;
    for (long i = 0; i < rounds; i++) {
      chain = Math.fma(chain, 1f, 1e-3f);
    }
    float ten = chain;
    for (int i = 1; i < 10; i++) {
      ten += chain;
    }
    // one round more or less is 1e-5 of the sum, the rounding of the lanes' sum less than 1e-6
    assertEquals(ten * lanes, FmaPeak.chains(1f), 1e-6f * ten * lanes);
  }

  @Test
  void threadsTogetherAreMeasuredToo() {
    FmaPeak.warmUp();
    assertTrue(FmaPeak.gigaflops(2) > 0);
  }
}
