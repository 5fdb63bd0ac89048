package ornstein.bench;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import ornstein.bench.guard.Figure;
import ornstein.bench.guard.Measurement;
import ornstein.bench.guard.MeasurementException;
import ornstein.bench.guard.Meter;

/**
 * Measures a figure with JMH, in a forked JVM of its own. Many short batches instead of a few long
 * ones: on a busy machine some of them run undisturbed, and the best of them counts. Each is held
 * against the peak right before and after it.
 */
final class JmhMeter implements Meter {
  private static final TimeValue BATCH_TIME = TimeValue.milliseconds(30);

  /** Share of the cores' time with which a batch on several threads counts as undisturbed. */
  private static final double FREE = 0.9;

  /**
   * Share of the best peak below which a batch does not count: what slows the processor down does
   * not slow everything alike, so that figures bound by memory would look better than they are.
   */
  private static final double STEADY = 0.9;

  /** If one batch in so many was undisturbed, the best one was probably among those. */
  private static final int FREE_SHARE = 10;

  private final PrintStream log;

  /** Measures, and shows JMH's whole output where a measurement fails. */
  JmhMeter(PrintStream log) {
    this.log = log;
  }

  @Override
  public Measurement measure(Figure figure) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(output, true, StandardCharsets.UTF_8)) {
      Collection<RunResult> results =
          new Runner(
                  options(figure),
                  OutputFormatFactory.createFormatInstance(stream, VerboseMode.NORMAL))
              .run();
      return best(figure, batches(results));
    } catch (RunnerException e) {
      log.print(output.toString(StandardCharsets.UTF_8));
      throw new MeasurementException(figure.name() + ": " + e.getMessage(), e);
    }
  }

  private static Options options(Figure figure) {
    String name = figure.benchmark().getName() + "." + figure.method();
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("^" + Pattern.quote(name) + "$")
            .forks(1)
            .warmupIterations(figure.warmUpSeconds())
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(figure.batches())
            .measurementTime(BATCH_TIME)
            .syncIterations(false) // matters to several threads of JMH's only, and costs time
            .addProfiler(PeakProfiler.class)
            .shouldFailOnError(true);
    if (!figure.allThreads()) {
      options = options.jvmArgsAppend("-Dornstein.threads=1");
    }
    for (Map.Entry<String, String> parameter : figure.parameters().entrySet()) {
      options = options.param(parameter.getKey(), parameter.getValue());
    }
    return options.build();
  }

  private static List<IterationResult> batches(Collection<RunResult> results) {
    return results.stream()
        .flatMap(run -> run.getBenchmarkResults().stream())
        .flatMap(fork -> fork.getIterationResults().stream())
        .toList();
  }

  /** What the best batch says, of those during which the processor was not slowed down. */
  static Measurement best(Figure figure, List<IterationResult> batches) {
    double top = batches.stream().mapToDouble(batch -> peak(figure, batch)).max().orElse(0);
    Measurement best =
        batches.stream()
            .filter(batch -> peak(figure, batch) >= STEADY * top)
            .map(batch -> measurement(figure, batch))
            .max(Comparator.comparingDouble(Measurement::ratio))
            .orElseThrow(() -> new MeasurementException(figure.name() + ": JMH measured nothing"));
    long free = batches.stream().filter(batch -> cores(figure, batch) >= FREE).count();
    boolean undisturbed = !figure.allThreads() || free * FREE_SHARE >= batches.size();
    return new Measurement(best.rate(), best.unit(), best.ratio(), undisturbed);
  }

  /**
   * One batch. Of a figure on one thread only the time counts for which the thread ran, so that
   * other programs that take turns with it make no difference.
   */
  private static Measurement measurement(Figure figure, IterationResult batch) {
    Work.Unit unit =
        batch.getSecondaryResults().containsKey(Work.Unit.ELEMENTS.label)
            ? Work.Unit.ELEMENTS
            : Work.Unit.FLOPS;
    double ran = figure.allThreads() ? 1 : cores(figure, batch);
    return new Measurement(
        score(figure, batch, unit.label) / ran,
        unit.perSecond,
        score(figure, batch, PeakProfiler.PERCENT) / 100 / ran,
        true);
  }

  private static double peak(Figure figure, IterationResult batch) {
    return score(figure, batch, PeakProfiler.PEAK);
  }

  private static double cores(Figure figure, IterationResult batch) {
    return score(figure, batch, PeakProfiler.CORES) / 100;
  }

  private static double score(Figure figure, IterationResult batch, String label) {
    Result<?> result = batch.getSecondaryResults().get(label);
    if (result == null) {
      throw new MeasurementException(
          figure.name()
              + ": no "
              + label
              + " was measured; its benchmark must announce its Work in @Setup");
    }
    return result.getScore();
  }
}
