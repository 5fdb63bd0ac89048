package ornstein.bench.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatioRecordTest {
  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("guard.csv"), text);
  }

  private static SequencedMap<String, Double> ratios(String figure, double ratio) {
    return new LinkedHashMap<>(Map.of(figure, ratio));
  }

  private void assertRefused(String text, String message) throws IOException {
    Path file = file(text);
    RecordException e = assertThrows(RecordException.class, () -> RatioRecord.read(file));
    assertEquals(
        file
            + ": "
            + message
            + "; restore the file from version control, or delete it and make it anew with"
            + " --guard --update",
        e.getMessage());
  }

  @Test
  void readsCommentsBlanksAndClasses() throws IOException {
    RatioRecord record =
        RatioRecord.read(
            file("# made so\n\nmachine,figure,ratio\nx,b,0.5\n# more\n x , a , 0.25 \ny,a,1\n"));
    assertEquals(List.of("b", "a"), List.copyOf(record.ratios("x").keySet()));
    assertEquals(Map.of("a", 0.25, "b", 0.5), record.ratios("x"));
    assertEquals(Map.of("a", 1.0), record.ratios("y"));
    assertEquals(List.of("x", "y"), record.machines());
    assertEquals(Map.of(), record.ratios("z"));
  }

  @Test
  void aRecordOfNoMachineIsARecord() throws IOException {
    assertEquals(List.of(), RatioRecord.read(file("machine,figure,ratio\n")).machines());
  }

  @Test
  void refusesWhatIsNoRecord() throws IOException {
    assertRefused("", "holds no record");
    assertRefused("# nothing\n", "holds no record");
    assertRefused("x,a,0.5\n", "line 1: the heading machine,figure,ratio is missing");
    String heading = "# c\nmachine,figure,ratio\n";
    assertRefused(heading + "x,a\n", "line 3: is not machine,figure,ratio: x,a");
    assertRefused(heading + "x,a,1,2\n", "line 3: is not machine,figure,ratio: x,a,1,2");
    assertRefused(heading + "x,,1\n", "line 3: is not machine,figure,ratio: x,,1");
    for (String ratio : List.of("fast", "", "0", "-1", "NaN", "Infinity")) {
      assertRefused(
          heading + "x,a," + ratio + "\n",
          "line 3: the ratio must be a number above 0, not " + ratio);
    }
    assertRefused(heading + "x,a,1\nx,a,1\n", "line 4: a stands there twice for x");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = Files.write(folder.resolve("guard.csv"), new byte[] {'a', (byte) 0xff});
    RecordException e = assertThrows(RecordException.class, () -> RatioRecord.read(file));
    assertTrue(e.getMessage().startsWith(file + ": is no UTF-8 text; "), e.getMessage());
  }

  @Test
  void aMissingFileNamesTheRemedy() {
    Path file = folder.resolve("none.csv");
    RecordException e = assertThrows(RecordException.class, () -> RatioRecord.read(file));
    assertEquals(
        file + ": no such file; make it with --guard --update, or name another with --record",
        e.getMessage());
  }

  @Test
  void aFolderIsNoRecord() {
    RecordException read = assertThrows(RecordException.class, () -> RatioRecord.read(folder));
    assertTrue(read.getMessage().startsWith(folder + ": cannot be read ("), read.getMessage());
    RatioRecord record = RatioRecord.empty();
    RecordException e = assertThrows(RecordException.class, () -> record.write(folder));
    assertTrue(e.getMessage().startsWith(folder + ": cannot be written ("), e.getMessage());
  }

  @Test
  void writesClassesInOrderAndFourDigits() throws IOException {
    Path file = folder.resolve("guard.csv");
    SequencedMap<String, Double> ratios = ratios("z", 0.123456);
    ratios.put("a", 0.000987654);
    RatioRecord.empty().with("y", ratios("a", 1)).with("x", ratios).write(file);
    List<String> lines = Files.readAllLines(file);
    assertEquals(
        List.of("machine,figure,ratio", "x,z,0.1235", "x,a,0.0009877", "y,a,1.000"),
        lines.stream().filter(line -> !line.startsWith("#")).toList());
    assertTrue(lines.get(0).startsWith("# "), lines.get(0));
    assertTrue(lines.stream().anyMatch(line -> line.contains("--guard --update")));
  }

  @Test
  void anUpdateKeepsOtherClassesToTheByte() throws IOException {
    Path file = folder.resolve("guard.csv");
    RatioRecord.empty().with("x", ratios("a", 0.1 + 0.2)).with("y", ratios("a", 0.5)).write(file);
    String before = Files.readString(file, StandardCharsets.UTF_8);
    RatioRecord.read(file).with("y", ratios("a", 0.6)).write(file);
    assertEquals(before.replace("y,a,0.5000", "y,a,0.6000"), Files.readString(file));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void ratiosCannotBeChanged() {
    SequencedMap<String, Double> given = ratios("a", 0.5);
    RatioRecord record = RatioRecord.empty().with("x", given);
    given.put("a", 0.1);
    assertEquals(Map.of("a", 0.5), record.ratios("x"));
    assertThrows(UnsupportedOperationException.class, () -> record.ratios("x").put("b", 1.0));
  }
}
