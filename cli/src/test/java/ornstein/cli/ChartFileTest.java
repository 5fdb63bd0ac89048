package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Charts that can be drawn, and that cannot. */
class ChartFileTest {
  private final List<String> complaints = new ArrayList<>();

  private boolean save(ChartFile.Chart chart) throws IOException {
    return ChartFile.save(Path.of("chart.png"), chart, complaints::add);
  }

  @Test
  void theCauseIsSaidAndFontsAreARemedyNotTheCause() throws IOException {
    assertFalse(
        save(
            file -> {
              throw new IllegalStateException("a series has no points");
            }));
    assertFalse(
        save(
            file -> {
              throw new NoClassDefFoundError("sun/font");
            }));
    assertTrue(
        complaints.get(0).startsWith("no chart.png: it cannot be drawn (a series has no points)"),
        complaints.get(0));
    assertTrue(complaints.get(0).contains("install fontconfig"), complaints.get(0));
    assertTrue(complaints.get(1).contains("(sun/font)"), complaints.get(1));
  }

  @Test
  void aDrawnChartIsNoWord() throws IOException {
    assertTrue(save(file -> assertEquals(Path.of("chart.png"), file)));
    assertEquals(List.of(), complaints);
  }

  @Test
  void aDiskThatTakesNothingIsAnErrorOfItsOwn() {
    assertThrows(
        IOException.class,
        () ->
            save(
                file -> {
                  throw new IOException("full");
                }));
    assertEquals(List.of(), complaints);
  }
}
