package ornstein.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
  @Test
  void everyCommandHasHelpWithExamples() {
    assertHelp(Run.of("--help"));
    for (CommandLine command : Main.commandLine().getSubcommands().values()) {
      assertHelp(Run.of(command.getCommandName(), "--help"));
    }
  }

  private static void assertHelp(Run run) {
    assertEquals(0, run.code());
    assertEquals("", run.err());
    assertTrue(run.out().startsWith("Usage: ornstein"), run.out());
    int examples = run.out().indexOf("Examples:");
    assertTrue(examples > 0 && run.out().indexOf("ornstein", examples) > 0, run.out());
  }

  @Test
  void versionNamesProgramAndJvm() {
    Run run = Run.of("--version");
    assertEquals(0, run.code());
    assertTrue(run.out().startsWith("ornstein "), run.out());
    assertTrue(run.out().contains("Java " + Runtime.version()), run.out());
  }

  @Test
  void wrongUsageIsOneLineAndExitCode2() {
    assertUsage(Run.of(), "ornstein: no command given; see 'ornstein --help'");
    assertUsage(
        Run.of("doctr"),
        "ornstein: Unmatched argument at index 0: 'doctr'; did you mean doctor?;"
            + " see 'ornstein --help'");
    assertUsage(
        Run.of("doctor", "--nonsense"),
        "ornstein doctor: Unknown option: '--nonsense'; see 'ornstein doctor --help'");
  }

  private static void assertUsage(Run run, String line) {
    assertEquals(2, run.code());
    assertEquals("", run.out());
    assertEquals(line + System.lineSeparator(), run.err());
  }

  @Test
  void verboseAddsTheStackTrace() {
    Run run = Run.of("doctor", "--nonsense", "--verbose");
    assertEquals(2, run.code());
    assertTrue(run.err().contains("UnmatchedArgumentException"), run.err());
    assertTrue(run.err().lines().anyMatch(line -> line.startsWith("\tat ")), run.err());
  }

  @Test
  void failureIsOneLineAndExitCode1() {
    Run run = Run.of(failing(), "fail");
    assertEquals(1, run.code());
    assertEquals("ornstein fail: no data; give some" + System.lineSeparator(), run.err());
  }

  @Test
  void failureWithVerboseHasTheStackTrace() {
    Run run = Run.of(failing(), "--verbose", "fail");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("CliException"), run.err());
  }

  @Test
  void badStartOfAClassAndSmallHeapAreFailuresToo() {
    Run bad = Run.of(failing(), "bad-class");
    assertEquals(1, bad.code());
    assertEquals("ornstein bad-class: -Dx=y is no number" + System.lineSeparator(), bad.err());
    Run heap = Run.of(failing(), "heap");
    assertEquals(1, heap.code());
    assertTrue(heap.err().startsWith("ornstein heap: out of memory, the heap is "), heap.err());
    assertTrue(heap.err().contains("-Xmx"), heap.err());
    assertFalse(heap.err().contains("\tat "), heap.err());
  }

  private static CommandLine failing() {
    return Main.commandLine()
        .addSubcommand(new Fail())
        .addSubcommand(new BadClass())
        .addSubcommand(new Heap());
  }

  @Command(name = "fail")
  static final class Fail implements Runnable {
    @Override
    public void run() {
      throw new CliException("no data", "give some");
    }
  }

  @Command(name = "bad-class")
  static final class BadClass implements Runnable {
    @Override
    public void run() {
      throw new ExceptionInInitializerError(new IllegalArgumentException("-Dx=y is no number"));
    }
  }

  @Command(name = "heap")
  static final class Heap implements Runnable {
    @Override
    public void run() {
      throw new OutOfMemoryError("Java heap space");
    }
  }
}
