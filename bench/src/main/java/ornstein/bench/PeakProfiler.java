package ornstein.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
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
   * Label of the percentage of the cores' time that the benchmark had, as far as it can be told: on
   * one thread, the time that it ran out of the time that its calls took; on several, what as many
   * threads reach of their peak at once, before or after the iteration, whichever is worse. Well
   * below 100, other programs keep the cores busy.
   */
  static final String CORES = "cores.percent";

  private final ThreadMXBean clocks = ManagementFactory.getThreadMXBean();
  private boolean warm;
  private double peakBefore;
  private double togetherBefore;
  private long ranBefore;

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
    peakBefore = FmaPeak.gigaflops();
    togetherBefore = together(threads(Work.announced(), benchmark));
    ranBefore = ran();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double ran = 1e-9 * (ran() - ranBefore);
    Work work = Work.announced();
    int threads = threads(work, benchmark);
    double together = Math.min(togetherBefore, together(threads));
    double peak = Math.max(peakBefore, FmaPeak.gigaflops());
    if (work == null) {
      return List.of();
    }
    double seconds =
        secondsPerOp(
            benchmark.getMode(),
            benchmark.getTimeUnit(),
            benchmark.getThreads(),
            result.getPrimaryResult().getScore());
    double cores =
        threads == 1
            ? ran / (seconds * result.getMetadata().getAllOps())
            : together / (peak * threads);
    return results(work, benchmark.getThreads(), seconds, peak, cores);
  }

  /** Threads that work at the same time: the kernels' own, or JMH's that call them. */
  private static int threads(@Nullable Work work, BenchmarkParams benchmark) {
    return Math.max(work == null ? 1 : work.threads(), benchmark.getThreads());
  }

  private static double together(int threads) {
    return threads == 1 ? 0 : FmaPeak.gigaflops(threads);
  }

  /** Nanoseconds for which all threads but this one have run since they began. */
  private long ran() {
    long sum = 0;
    for (long id : clocks.getAllThreadIds()) {
      if (id != Thread.currentThread().threadId()) {
        sum += Math.max(0, clocks.getThreadCpuTime(id)); // -1 for one that has just ended
      }
    }
    return sum;
  }

  /**
   * The results.
   *
   * @param work one call
   * @param callers threads that call
   * @param seconds time of a call
   * @param peak of one thread, in GFLOP/s
   * @param cores share of the cores' time that the benchmark had
   */
  static List<ScalarResult> results(
      Work work, int callers, double seconds, double peak, double cores) {
    double rate = work.perOp() * 1e-9 * callers / seconds;
    double wholePeak = peak * Math.max(work.threads(), callers);
    return List.of(
        result(work.unit().label, rate, work.unit().perSecond),
        result(PEAK, wholePeak, "GFLOP/s"),
        result(PERCENT, 100 * rate / wholePeak, "%"),
        result(CORES, Math.min(100, 100 * cores), "%"));
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
