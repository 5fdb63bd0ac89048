package ornstein.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.VerboseMode;
import ornstein.bench.guard.Figure;
import ornstein.bench.guard.Guard;
import ornstein.bench.guard.MeasurementException;
import ornstein.bench.guard.Meter;
import ornstein.bench.guard.RatioRecord;
import ornstein.bench.guard.RecordException;
import ornstein.engine.kernel.KernelsProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * The command {@code ornstein bench}: JMH with {@link PeakProfiler} always on, or the guard. Exit
 * codes: 0 done, 1 a figure fell short or a measurement failed, 2 wrong usage or a record that
 * cannot be used.
 */
@Command(
    name = "ornstein bench",
    description = {
      "Runs JMH benchmarks whose names match, and shows with each its rate and what percentage of the processor's"
          + " peak it is, measured in the same JVM.",
      "With --guard measures a few figures, in less than three minutes, and compares them with a record."
    },
    customSynopsis = {
      "ornstein bench [REGEX...] [JMH options]",
      "       ornstein bench --guard [--update] [--record FILE]"
    },
    usageHelpAutoWidth = true,
    footerHeading = "%nUseful options of JMH; -h shows all:%n",
    footer = {
      "  -l, -lp          List the benchmarks, with their parameters.",
      "  -p NAME=A,B      Values of a parameter.",
      "  -prof gc         Allocation, too.",
      "  -wi N, -w TIME   Iterations of the warm-up, and their length.",
      "  -i N, -r TIME    Iterations measured, and their length.",
      "  -rf json -rff F  Results as a file.",
      "",
      "Shares of peak: the rate over the processor's peak of fused multiply-adds. Convolutions count the operations of"
          + " their definition; Winograd's algorithm needs fewer, so that they can exceed 1.",
      "",
      "Exit codes: 0 done, 1 a figure fell short or a benchmark failed, 2 wrong usage or a record that cannot be used.",
      "",
      "Examples:",
      "  ornstein bench -l",
      "  ornstein bench Matmul -p threads=1 -prof gc",
      "  ornstein bench Convolution.*forward -p shape=16x64x64x28,16x64x192x14k1",
      "  ornstein bench UNet.*sample -p side=28",
      "  ornstein bench --guard"
    })
public final class Benchmarks implements Callable<Integer> {
  /** System property with the record to use by default: the launcher may be called anywhere. */
  private static final String RECORD = "ornstein.bench.record";

  private final Meter meter;

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--guard",
      description = "Compare with the record; fail if a figure fell by more than 20 %%.")
  boolean guard;

  @Option(
      names = "--update",
      description = "With --guard: write what is measured into the record instead.")
  boolean update;

  @Option(
      names = "--record",
      paramLabel = "FILE",
      description = "With --guard: the record. Default: bench/guard.csv.")
  @Nullable Path record;

  @Option(names = "--help", usageHelp = true, description = "Show this help.")
  boolean help;

  @Unmatched List<String> jmh = new ArrayList<>();

  private Benchmarks(Meter meter) {
    this.meter = meter;
  }

  /**
   * Runs the command and ends the process with its exit code.
   *
   * @param args the options
   */
  public static void main(String[] args) {
    System.exit(commandLine(new JmhMeter(System.err)).execute(args));
  }

  /** The command line, ready to execute; the guard measures with the given meter. */
  static CommandLine commandLine(Meter meter) {
    return new CommandLine(new Benchmarks(meter))
        .setExpandAtFiles(false)
        .setParameterExceptionHandler(
            (e, args) ->
                fail(
                    e.getCommandLine(),
                    e.getMessage() + "; see 'ornstein bench --help'",
                    ExitCode.USAGE))
        .setExecutionExceptionHandler((e, command, parsed) -> failed(e, command));
  }

  private static int failed(Exception e, CommandLine command) throws Exception {
    return switch (e) {
      case RecordException wrong ->
          fail(command, String.valueOf(wrong.getMessage()), ExitCode.USAGE);
      case MeasurementException wrong ->
          fail(command, String.valueOf(wrong.getMessage()), ExitCode.SOFTWARE);
      default -> throw e;
    };
  }

  private static int fail(CommandLine command, String message, int code) {
    PrintWriter err = command.getErr();
    err.println("ornstein bench: " + message);
    err.flush();
    return code;
  }

  @Override
  public Integer call() throws IOException {
    if (!guard) {
      require(!update, "--update belongs to --guard");
      require(record == null, "--record belongs to --guard");
      return benchmark();
    }
    require(
        jmh.isEmpty(),
        "--guard takes neither a regular expression nor options of JMH: " + String.join(" ", jmh));
    Path file = record != null ? record : Path.of(System.getProperty(RECORD, "bench/guard.csv"));
    return guard(file);
  }

  private int guard(Path file) {
    PrintWriter out = spec.commandLine().getOut();
    Guard measuring = new Guard(requireMachine(), GuardedFigures.all(), meter, out);
    if (!update) {
      List<Figure> fallen = measuring.compare(RatioRecord.read(file));
      return fallen.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
    // What is wrong with the file shows before it has cost minutes of measuring.
    RatioRecord old = Files.exists(file) ? RatioRecord.read(file) : RatioRecord.empty();
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new RecordException(
          file + ": its folder does not exist; create it, or name another file with --record");
    }
    if (!Files.isWritable(Files.exists(file) ? file : folder)) {
      throw new RecordException(
          file + ": cannot be written; change its permissions, or name another with --record");
    }
    measuring.update(old).write(file);
    return ExitCode.OK;
  }

  /** The class of this machine: what the ratios to the peak depend on most. */
  static String machine() {
    return System.getProperty("os.arch")
        + "-"
        + KernelsProvider.current().name()
        + ProcessorFamily.suffix();
  }

  /** The same; a system property that the kernels cannot start with is wrong usage. */
  private String requireMachine() {
    try {
      return machine();
    } catch (ExceptionInInitializerError e) {
      if (e.getCause() instanceof IllegalArgumentException wrong) {
        throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()));
      }
      throw e;
    }
  }

  private int benchmark() throws IOException {
    try {
      requireMatch(new CommandLineOptions(jmh.toArray(String[]::new)));
    } catch (CommandLineOptionException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()));
    }
    // First, so that what it does itself is outside what other profilers watch.
    List<String> all = new ArrayList<>(List.of("-prof", PeakProfiler.class.getName()));
    // A benchmark that fails ends the run, with exit code 1.
    all.addAll(List.of("-foe", "true"));
    all.addAll(jmh);
    Main.main(all.toArray(String[]::new));
    return ExitCode.OK;
  }

  /** JMH itself answers a wrong pattern with a stack trace, and one that nothing matches hardly. */
  private void requireMatch(CommandLineOptions options) {
    List<String> includes = options.getIncludes();
    for (String pattern : includes) {
      try {
        Pattern unused = Pattern.compile(pattern);
      } catch (PatternSyntaxException e) {
        throw new ParameterException(
            spec.commandLine(),
            "'" + pattern + "' is no regular expression: " + e.getDescription());
      }
    }
    boolean asksOnly =
        options.shouldList()
            || options.shouldListWithParams()
            || options.shouldHelp()
            || options.shouldListProfilers()
            || options.shouldListResultFormats();
    Set<BenchmarkListEntry> found =
        BenchmarkList.defaultList()
            .find(
                OutputFormatFactory.createFormatInstance(
                    new PrintStream(OutputStream.nullOutputStream(), false, UTF_8),
                    VerboseMode.SILENT),
                includes,
                options.getExcludes());
    require(
        asksOnly || !found.isEmpty(),
        "no benchmark matches " + String.join(" ", includes) + "; 'ornstein bench -l' lists them");
    for (String parameter : parameters()) {
      require(
          asksOnly || found.stream().anyMatch(b -> has(b, parameter)),
          "none of these benchmarks has a parameter '"
              + parameter
              + "'; 'ornstein bench -lp' lists them");
    }
  }

  private static boolean has(BenchmarkListEntry benchmark, String parameter) {
    return benchmark.getParams().hasValue() && benchmark.getParams().get().containsKey(parameter);
  }

  /** The names after -p, which JMH does not tell. */
  private List<String> parameters() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i + 1 < jmh.size(); i++) {
      if (jmh.get(i).equals("-p")) {
        names.add(jmh.get(i + 1).split("=", 2)[0]);
      }
    }
    return names;
  }

  private void require(boolean right, String message) {
    if (!right) {
      throw new ParameterException(spec.commandLine(), message);
    }
  }
}
