package ornstein.bench;

import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * A JMH profiler that adds to each iteration its rate and the percentage of the processor's peak.
 * The peak is that of fused multiply-adds ({@link FmaPeakBenchmark}'s loop) in the same JVM,
 * measured on one thread right before and after the iteration; the better one counts. The peak of n
 * threads is taken to be n times that of one thread measured alone: where cores slow down together
 * or share their units, many threads cannot reach 100 %.
 *
 * <p>Benchmarks that count elements instead of floating-point operations get a percentage too, one
 * element for one operation. By itself it means little, but it cancels the machine's speed.
 */
public final class PeakProfiler implements InternalProfiler {
  /** Label of the percentage among an iteration's results. */
  static final String PERCENT = "peak.percent";

  /** Label of the peak of all threads, in GFLOP/s. */
  static final String PEAK = "peak.gflops";

  private boolean warm;
  private double before;

  /** Creates the profiler; JMH does. */
  public PeakProfiler() {}

  @Override
  public String getDescription() {
    return "Rates, and percentages of the peak of fused multiply-adds";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    if (!warm) {
      FmaPeak.warmUp();
      warm = true;
    }
    before = FmaPeak.gigaflops();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double peak = Math.max(before, FmaPeak.gigaflops());
    return results(Work.announced(), benchmark, result.getPrimaryResult().getScore(), peak);
  }

  /** The results for a score of JMH and a peak of one thread in GFLOP/s. */
  static List<ScalarResult> results(
      @Nullable Work work, BenchmarkParams benchmark, double score, double peak) {
    if (work == null) {
      return List.of();
    }
    double seconds = secondsPerOp(benchmark, score);
    double rate = work.perOp() * 1e-9 * benchmark.getThreads() / seconds;
    double wholePeak = peak * Math.max(work.threads(), benchmark.getThreads());
    return List.of(
        result(work.unit().label, rate, work.unit().perSecond),
        result(PEAK, wholePeak, "GFLOP/s"),
        result(PERCENT, 100 * rate / wholePeak, "%"));
  }

  /** Throughput is operations per time and sums up threads; all other modes are times. */
  private static double secondsPerOp(BenchmarkParams benchmark, double score) {
    double unit = 1e-9 * benchmark.getTimeUnit().toNanos(1);
    return switch (benchmark.getMode()) {
      case Throughput -> benchmark.getThreads() * unit / score;
      default -> score * unit;
    };
  }

  private static ScalarResult result(String label, double value, String unit) {
    return new ScalarResult(label, value, unit, AggregationPolicy.AVG);
  }
}
