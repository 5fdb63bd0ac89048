package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import ornstein.cli.ReproducedTable.Verdict;

class ReproduceCommandTest {
  private static final String[] CLASSES = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};

  @TempDir Path folder;

  private Run reproduce(String table, String... options) throws IOException {
    Path model = TinyModel.save(folder, 1, CLASSES);
    return Run.of(
        Stream.concat(
                Stream.of("reproduce", table, "--out=" + folder),
                Arrays.stream(options).map(option -> option.replace("MODEL", model.toString())))
            .toArray(String[]::new));
  }

  private List<String> csv(String table) throws IOException {
    return Files.readAllLines(folder.resolve(table + ".csv"));
  }

  @Test
  void tableOneHasARowForEachRandomnessBesideThePublishedOnes() throws IOException {
    Run run =
        reproduce(
            "ddim-table1",
            "--model=MODEL",
            "--data=digits",
            "-n=70",
            "--steps=2,4,10",
            "--repeats=2",
            "--no-cache");
    assertEquals(0, run.code(), run.err());
    List<String> lines = csv("ddim-table1");
    assertEquals(1 + 3 * 5 * 3, lines.size());
    assertTrue(lines.contains("\"published, CIFAR-10\",σ̂,10,367.43,NaN"), lines.toString());
    assertTrue(lines.contains("\"published, CIFAR-10\",σ̂,2,NaN,NaN"), lines.toString());
    String text = Files.readString(folder.resolve("ddim-table1.md"));
    assertTrue(text.contains("| σ̂ | – | – | 367.4 |"), text);
    assertEquals(
        4, text.lines().filter(line -> line.contains(": ") && line.startsWith("- ")).count());
    assertTrue(run.out().contains("70 samples for each cell against all 1,797 images"), run.out());
  }

  /** Twice the same noise gives equal cells, so that rows differ by their randomness alone. */
  @Test
  void tableOneIsTheSameEachTime() throws IOException {
    reproduce("ddim-table1", "--model=MODEL", "--data=digits", "-n=65", "--steps=3", "--no-cache");
    List<String> once = csv("ddim-table1");
    reproduce("ddim-table1", "--model=MODEL", "--data=digits", "-n=65", "--steps=3", "--no-cache");
    assertEquals(once, csv("ddim-table1"));
  }

  @Test
  void tableTwoComparesAtEqualEvaluations() throws IOException {
    Run run = reproduce("ddim-table2", "--model=MODEL", "--data=digits", "-n=3", "--steps=4,10,20");
    assertEquals(0, run.code(), run.err());
    List<String> lines = csv("ddim-table2");
    assertEquals(1 + 3 * 3, lines.size());
    List<Double> euler =
        lines.stream()
            .filter(line -> line.startsWith("measured,Euler (DDIM),"))
            .map(line -> Double.valueOf(line.split(",", -1)[3]))
            .toList();
    assertTrue(euler.get(2) < euler.get(0), "more steps, less error: " + euler);
    assertTrue(
        lines.contains("\"published, CIFAR-10\",Euler (DDIM),10,0.014,NaN"), lines.toString());
  }

  /** On a model that was trained, what the paper and theory say holds, every time. */
  @Test
  void heunsMethodBeatsEulersOnBuiltInDigits() throws IOException {
    Run run =
        Run.of("reproduce", "ddim-table2", "-n=20", "--steps=10,20,50,100", "--out=" + folder);
    assertEquals(0, run.code(), run.err());
    List<String> claims = run.out().lines().filter(line -> line.startsWith("- ")).toList();
    assertEquals(5, claims.size(), run.out());
    assertTrue(claims.stream().allMatch(line -> line.startsWith("- holds: ")), run.out());
  }

  @Test
  void boundsAreMeasuredForSixTrainings() throws IOException {
    Run run = reproduce("iddpm-nll", "--steps=1,3", "--chain=84", "-n=2");
    assertEquals(0, run.code(), run.err());
    List<String> lines = csv("iddpm-nll");
    assertEquals(1 + 3 * 12, lines.size());
    assertTrue(
        lines.contains("\"published, CIFAR-10, T = 4,000\",T cosine vlb,500K,2.94,NaN"), run.out());
    assertEquals(
        6, lines.stream().filter(l -> l.startsWith("measured,") && l.contains(",3,")).count());
  }

  @Test
  void whatDoesNotHoldIsSaid() {
    ReproducedTable table = new ReproducedTable("t", "c", List.of("1"));
    table.measured("a", List.of(2.0));
    table.claim("a is least", false);
    assertTrue(table.markdown().contains("- DOES NOT HOLD: a is least"), table.markdown());
  }

  /** Differences 1, 1, 4 have the mean 2 and the standard error 1; 1, 1, 1.3 that of 0.1. */
  @Test
  void whatIsWithinTheErrorIsNotDecided() {
    Repeated zero = new Repeated(List.of(5.0, 7.0, 6.0));
    Repeated near = new Repeated(List.of(6.0, 8.0, 10.0));
    Repeated above = new Repeated(List.of(6.0, 8.0, 7.3));
    assertEquals(2, near.minus(zero).mean(), 1e-15);
    assertEquals(1, near.minus(zero).standardError(), 1e-15);
    assertEquals(0.1, above.minus(zero).standardError(), 1e-15);
    // t = 2 and 11 with two degrees of freedom, where 5 % need 2.92, and 5 %/10 need 9.92.
    assertEquals(Verdict.NOT_DECIDED, zero.isLessThan(near, 1));
    assertEquals(Verdict.HOLDS, zero.isLessThan(above, 10));
    assertEquals(Verdict.NOT_DECIDED, zero.isLessThan(above, 20));
    assertEquals(Verdict.DOES_NOT_HOLD, above.isLessThan(zero, 1));
    assertEquals(Verdict.NOT_DECIDED, zero.isLessThan(zero, 1));
    assertEquals(Verdict.HOLDS, Verdict.ofAll(List.of(Verdict.HOLDS, Verdict.HOLDS)));
    assertEquals(
        Verdict.DOES_NOT_HOLD,
        Verdict.ofAll(List.of(Verdict.NOT_DECIDED, Verdict.DOES_NOT_HOLD, Verdict.HOLDS)));
    ReproducedTable table = new ReproducedTable("t", "c", List.of("1"));
    table.repeated("a", List.of(above));
    table.claim("a is least", Verdict.NOT_DECIDED);
    assertTrue(table.markdown().contains("| a | 7.10 ± 0.59 |"), table.markdown());
    assertTrue(
        table.markdown().contains("- NOT DECIDED, the error is too great or not known: a is least"),
        table.markdown());
  }

  /** Quantiles of 5 %, 2.5 % and 0.5 %, one-sided, with the six decimals that tables have. */
  @Test
  void studentsTailsAreThoseOfTables() {
    assertEquals(0.05, Repeated.tail(6.313752, 1), 1e-7);
    assertEquals(0.025, Repeated.tail(4.302653, 2), 1e-7);
    assertEquals(0.005, Repeated.tail(5.840909, 3), 1e-7);
    assertEquals(0.025, Repeated.tail(2.776445, 4), 1e-7);
    assertEquals(0.05, Repeated.tail(2.015048, 5), 1e-7);
    assertEquals(0.005, Repeated.tail(3.169273, 10), 1e-7);
    assertEquals(0.025, Repeated.tail(2.039513, 31), 1e-7);
    assertEquals(0.5, Repeated.tail(0, 7), 1e-15);
    assertEquals(0, Repeated.tail(Double.POSITIVE_INFINITY, 4), 1e-15);
  }

  @Test
  void oneMeasurementDecidesNothing() {
    Repeated two = new Repeated(List.of(2.0));
    assertTrue(Double.isNaN(two.standardError()));
    assertEquals(Verdict.NOT_DECIDED, two.isLessThan(new Repeated(List.of(2.5)), 1));
    assertThrows(IllegalArgumentException.class, () -> new Repeated(List.of(2.0, Double.NaN)));
  }

  @Test
  void badInputIsAnErrorOfUsage() throws IOException {
    assertUsage(Run.of("reproduce"), "no table given; give one of ddim-table1");
    assertUsage(reproduce("ddim-table1", "--model=MODEL"), "--data is missing");
    assertUsage(reproduce("ddim-table1", "--model=MODEL", "--data=digits", "--steps=4,2"), "rise");
    assertUsage(reproduce("ddim-table1", "--model=MODEL", "--data=digits", "--steps=21"), "to 20");
    assertUsage(
        reproduce("ddim-table1", "--model=MODEL", "--data=digits", "-n=64", "--steps=2"),
        "the covariance of 64 features needs more samples");
    assertUsage(
        reproduce("ddim-table1", "--model=MODEL", "--data=digits", "--repeats=0"), "--repeats");
    assertUsage(reproduce("ddim-table2", "--model=MODEL", "--data=digits", "--steps=3"), "even");
    assertUsage(reproduce("iddpm-nll", "--chain=10"), "multiple of 4");
  }

  private static void assertUsage(Run run, String what) {
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains(what), run.err());
  }
}
