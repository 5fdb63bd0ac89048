package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** What the reproductions of tables have in common. */
final class ReproductionArguments {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the table. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("reproduced");

  ReproductionArguments() {}

  /** The folder, made before hours of work rather than after. */
  OutputFolder folder(UsageCheck usage) throws IOException {
    OutputFolder folder = OutputFolder.of(usage, out);
    folder.create();
    return folder;
  }

  /** Writes the table, draws it where there are fonts, and shows it. */
  static void finish(CommandSpec spec, OutputFolder folder, ReproducedTable table)
      throws IOException {
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.println(table.markdown());
    List<Path> written = new ArrayList<>(table.write(folder, spec.name()));
    Path picture = folder.file(spec.name() + ".png");
    if (ChartFile.save(picture, new TableChart(table)::save, terminal::println)) {
      written.add(picture);
    }
    terminal.println(
        "wrote " + written.stream().map(Path::toString).collect(Collectors.joining(", ")));
    terminal.flush();
  }

  /** Checks numbers given with commas between. */
  static void requireSteps(UsageCheck usage, List<Integer> steps, int least, int most) {
    for (int s : steps) {
      usage.require(
          s >= least && s <= most,
          "--steps must be from " + least + " to " + most + ", the length of the chain, got " + s);
    }
    requireRising(usage, steps);
  }

  /** Checks the order of columns. */
  static void requireRising(UsageCheck usage, List<Integer> steps) {
    for (int i = 1; i < steps.size(); i++) {
      usage.require(steps.get(i) > steps.get(i - 1), "--steps must rise, got " + steps);
    }
  }

  /** Published values by number of steps, where the paper has them. */
  static List<Double> published(List<Integer> steps, List<Integer> columns, List<Double> values) {
    return steps.stream()
        .map(s -> columns.contains(s) ? values.get(columns.indexOf(s)) : Double.NaN)
        .toList();
  }
}
