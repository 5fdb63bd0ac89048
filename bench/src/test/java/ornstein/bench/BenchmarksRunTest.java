package ornstein.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;
import ornstein.bench.guard.Figure;
import ornstein.bench.guard.Measurement;
import ornstein.bench.guard.MeasurementException;

/** Every benchmark runs once on small operands, and says what its work is. */
class BenchmarksRunTest {
  @ParameterizedTest
  @CsvSource({
    "FmaPeakBenchmark, 1, ''",
    "MatmulBenchmark, 1, size=16",
    "ConvolutionBenchmark, 3, shape=1x4x4x5s2",
    "GroupNormBenchmark, 2, shape=1x32x3",
    "AttentionBenchmark, 2, shape=1x5x8x2",
    "RngBenchmark, 2, size=10",
    "PointwiseBenchmark, 4, size=10",
    "UNetBenchmark, 3, side=28 batch=1 steps=2"
  })
  void benchmarksRunAndAnnounceTheirWork(String name, int runs, String parameters)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + name + "\\.")
            .mode(Mode.SingleShotTime)
            .timeUnit(TimeUnit.SECONDS)
            .forks(0) // here, not in a JVM for each
            .warmupIterations(0)
            .measurementIterations(1)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .param("threads", "1")
            .param("transposeB", "true")
            .addProfiler(PeakProfiler.class);
    for (String parameter : parameters.split(" ", -1)) {
      if (!parameter.isEmpty()) {
        options = options.param(parameter.split("=", -1)[0], parameter.split("=", -1)[1]);
      }
    }
    Collection<RunResult> results = new Runner(options.build()).run();
    assertEquals(runs, results.size());
    for (RunResult result : results) {
      double percent = result.getSecondaryResults().get(PeakProfiler.PERCENT).getScore();
      assertTrue(percent > 0, result.getParams().getBenchmark() + " " + percent);
    }
  }

  /** In a JVM of its own, as the guard does; the peak must be about 100 % of itself. */
  @Test
  void theMeterMeasuresThePeak() {
    Figure peak = new Figure("peak", FmaPeakBenchmark.class, "peak", Map.of(), false, 1, 10);
    Measurement measured = new JmhMeter(System.err).measure(peak);
    assertEquals("GFLOP/s", measured.unit());
    assertTrue(measured.undisturbed());
    // a batch is an average, the peak the best of short calls
    assertTrue(measured.ratio() > 0.5 && measured.ratio() < 1.1, measured.toString());
  }

  @Test
  void aFailingBenchmarkIsNamed() {
    Figure figure =
        new Figure(
            "bad",
            ConvolutionBenchmark.class,
            "forward",
            Map.of("shape", "1x2", "threads", "1"),
            false,
            1,
            1);
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    MeasurementException e =
        assertThrows(
            MeasurementException.class,
            () -> new JmhMeter(new PrintStream(log, true, UTF_8)).measure(figure));
    assertTrue(e.getMessage().startsWith("bad: "), e.getMessage());
    assertTrue(
        log.toString(UTF_8).contains("a shape is images x input channels"), log.toString(UTF_8));
  }
}
