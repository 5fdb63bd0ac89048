package ornstein.bench;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
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

  /**
   * Label of the share of all threads' peak, in percent, that as many threads reach at once around
   * an iteration: the worse one of before and after. Well below 100, something else keeps the cores
   * busy.
   */
  static final String FREE = "peak.free";

  private boolean warm;
  private double before;
  private double freeBefore;

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
    freeBefore = together(threads(Work.announced(), benchmark));
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    Work work = Work.announced();
    double free = Math.min(freeBefore, together(threads(work, benchmark)));
    double peak = Math.max(before, FmaPeak.gigaflops());
    if (work == null) {
      return List.of();
    }
    double seconds =
        secondsPerOp(
            benchmark.getMode(),
            benchmark.getTimeUnit(),
            benchmark.getThreads(),
            result.getPrimaryResult().getScore());
    return results(work, benchmark.getThreads(), seconds, peak, free);
  }

  /** Threads that work at the same time: the kernels' own, or JMH's that call them. */
  private static int threads(@Nullable Work work, BenchmarkParams benchmark) {
    return Math.max(work == null ? 1 : work.threads(), benchmark.getThreads());
  }

  /** Nothing to compare for one thread: it is measured alone anyway. */
  private static double together(int threads) {
    return threads == 1 ? Double.POSITIVE_INFINITY : FmaPeak.gigaflops(threads);
  }

  /**
   * The results.
   *
   * @param work one call
   * @param callers threads that call
   * @param seconds time of a call
   * @param peak of one thread, in GFLOP/s
   * @param free what all threads reach at once, in GFLOP/s
   */
  static List<ScalarResult> results(
      Work work, int callers, double seconds, double peak, double free) {
    double rate = work.perOp() * 1e-9 * callers / seconds;
    double wholePeak = peak * Math.max(work.threads(), callers);
    return List.of(
        result(work.unit().label, rate, work.unit().perSecond),
        result(PEAK, wholePeak, "GFLOP/s"),
        result(PERCENT, 100 * rate / wholePeak, "%"),
        result(FREE, Math.min(100, 100 * free / wholePeak), "%"));
  }

  /** Time of a call. A throughput sums up the callers; all other scores are times. */
  static double secondsPerOp(Mode mode, TimeUnit unit, int callers, double score) {
    double seconds = 1e-9 * unit.toNanos(1);
    return mode == Mode.Throughput ? callers * seconds / score : score * seconds;
  }

  private static ScalarResult result(String label, double value, String unit) {
    return new ScalarResult(label, value, unit, AggregationPolicy.AVG);
  }
}
