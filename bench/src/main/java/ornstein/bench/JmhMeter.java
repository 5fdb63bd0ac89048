package ornstein.bench;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.BenchmarkResult;
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
  private static final int BATCHES = 10;
  private static final TimeValue BATCH_TIME = TimeValue.milliseconds(300);

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
      return best(figure, results);
    } catch (RunnerException e) {
      log.print(output.toString(StandardCharsets.UTF_8));
      throw new MeasurementException(figure.name() + ": " + e.getMessage(), e);
    }
  }

  private static Options options(Figure figure) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(
                "^" + Pattern.quote(figure.benchmark().getName() + "." + figure.method()) + "$")
            .forks(1)
            .warmupIterations(figure.warmUpSeconds())
            .warmupTime(TimeValue.seconds(1))
            .measurementIterations(BATCHES)
            .measurementTime(BATCH_TIME)
            .addProfiler(PeakProfiler.class)
            .shouldFailOnError(true);
    for (Map.Entry<String, String> parameter : figure.parameters().entrySet()) {
      options = options.param(parameter.getKey(), parameter.getValue());
    }
    return options.build();
  }

  private static Measurement best(Figure figure, Collection<RunResult> results) {
    return results.stream()
        .flatMap(run -> run.getBenchmarkResults().stream())
        .map(BenchmarkResult::getIterationResults)
        .flatMap(Collection::stream)
        .map(batch -> measurement(figure, batch))
        .max(Comparator.comparingDouble(Measurement::ratio))
        .orElseThrow(() -> new MeasurementException(figure.name() + ": JMH measured nothing"));
  }

  private static Measurement measurement(Figure figure, IterationResult batch) {
    var results = batch.getSecondaryResults();
    Result<?> percent = results.get(PeakProfiler.PERCENT);
    for (Work.Unit unit : Work.Unit.values()) {
      Result<?> rate = results.get(unit.label);
      if (rate != null && percent != null) {
        return new Measurement(rate.getScore(), unit.perSecond, percent.getScore() / 100);
      }
    }
    throw new MeasurementException(
        figure.name() + ": the benchmark announced no work; call Work.flops in its @Setup");
  }
}
