package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    Run run = reproduce("ddim-table1", "--model=MODEL", "--data=digits", "-n=70", "--steps=2,4,10");
    assertEquals(0, run.code(), run.err());
    List<String> lines = csv("ddim-table1");
    assertEquals(1 + 3 * 5 * 3, lines.size());
    assertTrue(lines.contains("\"published, CIFAR-10\",σ̂,10,367.43"), lines.toString());
    assertTrue(lines.contains("\"published, CIFAR-10\",σ̂,2,NaN"), lines.toString());
    String text = Files.readString(folder.resolve("ddim-table1.md"));
    assertTrue(text.contains("| σ̂ | – | – | 367.4 |"), text);
    assertEquals(
        4, text.lines().filter(line -> line.contains(": ") && line.startsWith("- ")).count());
    assertTrue(run.out().contains("70 samples for each cell against all 1,797 images"), run.out());
  }

  /** Twice the same noise gives equal cells, so that rows differ by their randomness alone. */
  @Test
  void tableOneIsTheSameEachTime() throws IOException {
    reproduce("ddim-table1", "--model=MODEL", "--data=digits", "-n=65", "--steps=3");
    List<String> once = csv("ddim-table1");
    reproduce("ddim-table1", "--model=MODEL", "--data=digits", "-n=65", "--steps=3");
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
            .map(line -> Double.valueOf(line.substring(line.lastIndexOf(',') + 1)))
            .toList();
    assertTrue(euler.get(2) < euler.get(0), "more steps, less error: " + euler);
    assertTrue(lines.contains("\"published, CIFAR-10\",Euler (DDIM),10,0.014"), lines.toString());
  }

  @Test
  void boundsAreMeasuredForSixTrainings() throws IOException {
    Run run = reproduce("iddpm-nll", "--steps=1,3", "--chain=84", "-n=2");
    assertEquals(0, run.code(), run.err());
    List<String> lines = csv("iddpm-nll");
    assertEquals(1 + 3 * 12, lines.size());
    assertTrue(
        lines.contains("\"published, CIFAR-10, T = 4 000\",T cosine vlb,500K,2.94"), run.out());
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

  @Test
  void badInputIsAnErrorOfUsage() throws IOException {
    assertUsage(Run.of("reproduce"), "no table given; give one of ddim-table1");
    assertUsage(reproduce("ddim-table1", "--model=MODEL"), "--data is missing");
    assertUsage(reproduce("ddim-table1", "--model=MODEL", "--data=digits", "--steps=4,2"), "rise");
    assertUsage(reproduce("ddim-table1", "--model=MODEL", "--data=digits", "--steps=21"), "to 20");
    assertUsage(
        reproduce("ddim-table1", "--model=MODEL", "--data=digits", "-n=64", "--steps=2"),
        "the covariance of 64 features needs more samples");
    assertUsage(reproduce("ddim-table2", "--model=MODEL", "--data=digits", "--steps=3"), "even");
    assertUsage(reproduce("iddpm-nll", "--chain=10"), "multiple of 4");
  }

  private static void assertUsage(Run run, String what) {
    assertEquals(2, run.code(), run.out());
    assertTrue(run.err().contains(what), run.err());
  }
}
