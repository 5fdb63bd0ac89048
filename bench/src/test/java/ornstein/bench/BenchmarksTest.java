package ornstein.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.bench.guard.Figure;
import ornstein.bench.guard.MeasurementException;
import ornstein.bench.guard.Meter;
import ornstein.bench.guard.RatioRecord;
import ornstein.bench.guard.Results;
import picocli.CommandLine;

class BenchmarksTest {
  @TempDir Path folder;

  private record Run(int code, String out, String err) {}

  private static Run run(Meter meter, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Benchmarks.commandLine(meter).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int code = command.execute(args);
    return new Run(code, out.toString(), err.toString());
  }

  private static void assertError(int code, String line, Run run) {
    assertEquals("ornstein bench: " + line + System.lineSeparator(), run.err());
    assertEquals(code, run.code());
  }

  /** A record in which every guarded figure has the same ratio. */
  private Path record(double ratio) {
    SequencedMap<String, Double> ratios = new LinkedHashMap<>();
    GuardedFigures.all().forEach(figure -> ratios.put(figure.name(), ratio));
    Path file = folder.resolve("guard.csv");
    RatioRecord.empty().with(Benchmarks.machine(), ratios).write(file);
    return file;
  }

  private static Results all(double... ratios) {
    Results meter = new Results();
    GuardedFigures.all().forEach(figure -> meter.give(figure.name(), ratios));
    return meter;
  }

  @Test
  void helpShowsExamples() {
    Run run = run(all(), "--help");
    assertEquals(0, run.code());
    assertTrue(run.out().startsWith("Usage: ornstein bench "), run.out());
    assertTrue(run.out().indexOf("ornstein bench --guard", run.out().indexOf("Examples:")) > 0);
  }

  @Test
  void whatMatchesNothingIsAnErrorOfUsage() {
    assertTrue(error("Nope").startsWith("ornstein bench: no benchmark matches Nope"));
    assertTrue(error("(").startsWith("ornstein bench: '(' is no regular expression"));
    assertTrue(
        error("Matmul", "-p", "sizes=3")
            .startsWith("ornstein bench: none of these benchmarks has a parameter 'sizes'"));
  }

  private static String error(String... args) {
    Run run = run(all(), args);
    assertEquals(2, run.code(), run.err());
    return run.err();
  }

  @Test
  void standingFiguresAreExitCode0() {
    Run run = run(all(0.5), "--guard", "--record", record(0.5).toString());
    assertEquals(0, run.code(), run.err());
    assertEquals("", run.err());
  }

  @Test
  void fallenFiguresAreExitCode1() {
    Run run = run(all(0.3, 0.3, 0.3), "--guard", "--record", record(0.5).toString());
    assertEquals(1, run.code(), run.err());
    assertEquals("", run.err());
  }

  @Test
  void anotherMachineIsExitCode0() throws IOException {
    Path file = Files.writeString(folder.resolve("guard.csv"), "machine,figure,ratio\nx,a,1\n");
    Run run = run(all(0.3), "--guard", "--record", file.toString());
    assertEquals(0, run.code(), run.err());
    assertTrue(run.out().contains("no record for this class of machine"), run.out());
  }

  @Test
  void aRecordThatCannotBeUsedIsExitCode2BeforeAnythingIsMeasured() throws IOException {
    Path file = folder.resolve("guard.csv");
    Results meter = new Results();
    assertError(
        2,
        file + ": no such file; make it with --guard --update, or name another with --record",
        run(meter, "--guard", "--record", file.toString()));
    Files.writeString(file, "not a record");
    String line =
        file
            + ": line 1: the heading machine,figure,ratio is missing; restore the file from version"
            + " control, or delete it and make it anew with --guard --update";
    assertError(2, line, run(meter, "--guard", "--record", file.toString()));
    assertError(2, line, run(meter, "--guard", "--update", "--record", file.toString()));
    assertEquals(List.of(), meter.asked);
    assertEquals("not a record", Files.readString(file));
  }

  @Test
  void updateWritesTheRecordAndAFailureLeavesIt() throws IOException {
    Path file = record(0.5);
    Run run = run(all(0.6, 0.7, 0.8), "--guard", "--update", "--record", file.toString());
    assertEquals(0, run.code(), run.err());
    SequencedMap<String, Double> ratios = RatioRecord.read(file).ratios(Benchmarks.machine());
    List<String> names = GuardedFigures.all().stream().map(Figure::name).toList();
    assertEquals(names, List.copyOf(ratios.keySet()));
    ratios.values().forEach(ratio -> assertEquals(0.7, ratio));

    String before = Files.readString(file);
    Meter broken =
        figure -> {
          throw new MeasurementException(figure.name() + ": no memory");
        };
    assertError(
        1, "matmul-384: no memory", run(broken, "--guard", "--update", "--record", file + ""));
    assertEquals(before, Files.readString(file));
  }

  @Test
  void updateMakesAMissingFile() {
    Path file = folder.resolve("new.csv");
    Run run = run(all(0.5, 0.5, 0.5), "--guard", "--update", "--record", file.toString());
    assertEquals(0, run.code(), run.err());
    assertEquals(List.of(Benchmarks.machine()), RatioRecord.read(file).machines());
  }

  @Test
  void updateIntoAMissingFolderIsRefusedAtOnce() {
    Path file = folder.resolve("none/guard.csv");
    Results meter = new Results();
    assertError(
        2,
        file + ": its folder does not exist; create it, or name another file with --record",
        run(meter, "--guard", "--update", "--record", file.toString()));
    assertEquals(List.of(), meter.asked);
  }

  @Test
  void wrongUsageIsOneLineAndExitCode2() {
    String see = "; see 'ornstein bench --help'";
    assertError(2, "--update belongs to --guard" + see, run(all(), "--update"));
    assertError(2, "--record belongs to --guard" + see, run(all(), "--record", "x.csv"));
    assertError(
        2,
        "--guard takes neither a regular expression nor options of JMH: Matmul -prof gc" + see,
        run(all(), "Matmul", "--guard", "-prof", "gc"));
    Run run = run(all(), "--gard");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("gard"), run.err());
    assertFalse(run.err().strip().contains("\n"), run.err());
  }
}
