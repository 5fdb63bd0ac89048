package ornstein.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The command line in a JVM of its own, from the classes that this JVM tests. */
final class ChildJvm {
  private ChildJvm() {}

  /** Starts a command; its output goes to the log. */
  static Process start(Path log, List<String> properties, String... command) throws IOException {
    return start(List.of(), log, properties, command);
  }

  /** The same started by another program, which limits what it may do. */
  static Process start(List<String> starter, Path log, List<String> properties, String... command)
      throws IOException {
    List<String> line = new ArrayList<>(starter);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("--add-modules", "jdk.incubator.vector", "-Djava.awt.headless=true"));
    line.addAll(properties);
    line.addAll(List.of("-cp", classPath(), Main.class.getName()));
    line.addAll(List.of(command));
    return new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** What a child has printed so far. */
  static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where this JVM has its classes from: Surefire may use the module path or the class path. */
  private static String classPath() {
    ModuleLayer layer = Main.class.getModule().getLayer();
    if (layer == null) {
      return System.getProperty("java.class.path");
    }
    return layer.configuration().modules().stream()
        .map(ResolvedModule::reference)
        .map(ModuleReference::location)
        .flatMap(Optional::stream)
        .filter(uri -> uri.getScheme().equals("file"))
        .map((URI uri) -> Path.of(uri).toString())
        .sorted()
        .collect(Collectors.joining(File.pathSeparator));
  }
}
