package ornstein.bench.peers;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares Ornstein with PyTorch and ONNX Runtime and shows the ratios. */
@Command(
    name = "PeersComparison",
    description =
        "Compares Ornstein with PyTorch and ONNX Runtime: the same data, the same number of"
            + " threads, by turns in one process for each figure. Results are compared before times"
            + " are taken. A ratio is Ornstein's time over the other library's: below 1, Ornstein"
            + " is faster.",
    mixinStandardHelpOptions = true,
    usageHelpAutoWidth = true,
    showDefaultValues = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  PeersComparison --out comparison",
      "  PeersComparison --threads 2 --only 'convolution forward' --seconds 1",
      "  PeersComparison --only 'network.*batch 1$'",
      "  PeersComparison --list"
    })
public final class PeersComparison implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "Numbers of threads, one after the other.")
  List<Integer> threads = List.of(1, 2);

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "Only figures whose title has a match.")
  String only = "";

  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      description = "What export_operations.py and export_unet.py wrote.")
  Path models = Path.of("bench/peers/target/models");

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Folder for comparison.csv and comparison-THREADS.png; created if missing.")
  @Nullable Path out;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Time for which each contender is measured, in all rounds together.")
  double seconds = 2;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      description = "Time for which each contender runs beforehand; longer while it gets faster.")
  double warmUp = 2;

  @Option(names = "--rounds", paramLabel = "N", description = "Number of rounds.")
  int rounds = 9;

  @Option(names = "--list", description = "Only list the titles of the figures.")
  boolean list;

  PeersComparison() {}

  /**
   * Runs the comparison and ends the process with its exit code: 0 done, 1 failed, 2 wrong usage.
   *
   * @param args options
   */
  public static void main(String[] args) {
    CommandLine command =
        new CommandLine(new PeersComparison())
            .setParameterExceptionHandler(
                (e, given) -> {
                  e.getCommandLine().getErr().println(e.getMessage() + "; see --help");
                  return ExitCode.USAGE;
                });
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<Figure> figures = figures();
    PrintWriter console = spec.commandLine().getOut();
    if (list) {
      figures.forEach(f -> console.println(f.title()));
      return ExitCode.OK;
    }
    check();
    List<Measurement> measurements = new ArrayList<>();
    boolean complete = true;
    for (int n : threads) {
      for (Figure figure : figures) {
        List<Measurement> measured = measure(figure, n);
        complete &= !measured.isEmpty();
        measurements.addAll(measured);
      }
    }
    console.println(versions(measurements));
    console.println(Results.of(measurements).toText());
    if (out != null) {
      write(out, measurements);
    }
    return complete ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static String versions(List<Measurement> measurements) {
    return measurements.stream()
        .map(m -> m.library().title() + " " + m.version())
        .distinct()
        .collect(Collectors.joining(", ", "", ", Java " + Runtime.version()));
  }

  private List<Figure> figures() throws IOException {
    Pattern pattern;
    try {
      pattern = Pattern.compile(only);
    } catch (PatternSyntaxException e) {
      throw wrong("--only " + only + ": " + e.getDescription());
    }
    List<Figure> figures = new ArrayList<>(Figures.all(models));
    figures.removeIf(f -> !pattern.matcher(f.title()).find());
    if (figures.isEmpty()) {
      throw wrong("--only " + only + ": no figure has such a title among those of --list");
    }
    return figures;
  }

  private void check() {
    if (rounds < 1 || !(seconds > 0) || !(warmUp > 0)) {
      throw wrong("--rounds, --seconds and --warm-up must be above 0");
    }
    if (!Files.exists(models.resolve("operations.pt"))) {
      throw wrong("--models " + models + ": no operations.pt there; python3 bench/peers/export_operations.py writes it");
    }
    if (threads.stream().anyMatch(n -> n < 1)) {
      throw wrong("--threads must be at least 1");
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void write(Path folder, List<Measurement> measurements) throws IOException {
    Files.createDirectories(folder);
    List<String> lines = new ArrayList<>(List.of(Measurement.HEADER));
    measurements.forEach(m -> lines.add(m.toLine()));
    Files.write(folder.resolve("comparison.csv"), lines);
    for (int n : threads) {
      List<Results.Row> rows = Results.of(measurements).withThreads(n);
      if (!rows.isEmpty()) {
        new RatioChart(rows, n).save(folder.resolve("comparison-" + n + ".png"));
      }
    }
  }

  /** Measures a figure in a new JVM; nothing if that fails, whose message is then on the screen. */
  private List<Measurement> measure(Figure figure, int n) throws IOException, InterruptedException {
    PrintWriter progress = spec.commandLine().getErr();
    progress.println(figure.title() + ", threads " + n);
    progress.flush();
    Path result = Files.createTempFile("figure", ".csv");
    try {
      ProcessBuilder builder = new ProcessBuilder(command(figure, n, result)).inheritIO();
      // The OpenMP of PyTorch's products reads the environment before anybody can tell it.
      Map<String, String> environment = builder.environment();
      environment.put("OMP_NUM_THREADS", Integer.toString(n));
      environment.put("MKL_NUM_THREADS", Integer.toString(n));
      // For PyTorch what a heap touched beforehand is for Java: freed memory is kept.
      environment.put("MALLOC_MMAP_THRESHOLD_", Long.toString(1L << 30));
      environment.put("MALLOC_TRIM_THRESHOLD_", Long.toString(1L << 40));
      if (builder.start().waitFor() != 0) {
        progress.println(figure.title() + ", threads " + n + ": failed, left out");
        return List.of();
      }
      return Files.readAllLines(result).stream().map(Measurement::of).toList();
    } finally {
      Files.delete(result);
    }
  }

  private List<String> command(Figure figure, int n, Path result) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules=jdk.incubator.vector");
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseParallelGC"); // what the launcher of the command line takes
    // Memory that is touched for the first time costs many times the computation in some virtual
    // machines, and the heap grows into it at moments that have nothing to do with what is
    // measured.
    command.addAll(List.of("-Xms" + figure.heap(), "-Xmx" + figure.heap(), "-XX:+AlwaysPreTouch"));
    String options = System.getenv("ORNSTEIN_JAVA_OPTS");
    if (options != null && !options.isBlank()) {
      command.addAll(List.of(options.strip().split("\\s+", -1)));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(FigureRun.class.getName());
    command.add(figure.title());
    command.add(models.toString());
    command.add(Integer.toString(n));
    command.add(Double.toString(warmUp));
    command.add(Double.toString(seconds));
    command.add(Integer.toString(rounds));
    command.add(result.toString());
    return command;
  }
}
