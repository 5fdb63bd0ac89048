package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import ornstein.engine.kernel.KernelsProvider;

class DoctorCommandTest {
  @Test
  void reportsEachPart() {
    Run run = Run.of("doctor");
    assertEquals(0, run.code());
    List<String> lines = run.out().lines().toList();
    List<String> names =
        lines.stream().map(line -> line.substring(0, 12).strip().toLowerCase(Locale.ROOT)).toList();
    assertEquals(
        List.of(
            "jdk",
            "update",
            "vector api",
            "kernels",
            "threads",
            "processor",
            "fma",
            "memory",
            "gpu"),
        names);
    assertTrue(lines.get(0).contains(Runtime.version().toString()), run.out());
    assertTrue(lines.get(3).contains(KernelsProvider.current().name()), run.out());
    assertTrue(lines.get(3).contains(KernelsProvider.reason()), run.out());
    assertTrue(lines.get(7).contains(" GiB of "), run.out());
  }

  @Test
  void warnsOfUpdatesWithKnownBugs() {
    assertTrue(update("25.0.2").startsWith("WARNING: 25.0.2 "), update("25.0.2"));
    assertTrue(update("25").startsWith("WARNING: 25.0.0 "), update("25"));
    assertTrue(update("25.0.2+10").endsWith("install 25.0.3 or later"), update("25.0.2+10"));
    assertEquals("25.0.3, no known problem", update("25.0.3+9-LTS"));
    assertEquals("26.0.0, no known problem", update("26"));
  }

  private static String update(String version) {
    return DoctorCommand.update(Runtime.Version.parse(version));
  }
}
