package ornstein.diffusion;

import java.io.File;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where this JVM has the project from, for tests that start another or load it anew. */
final class ProjectFiles {
  private ProjectFiles() {}

  /** The repository, whether tests run in it or in one of its modules. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("docs/theory.md"))) {
      folder = Objects.requireNonNull(folder.getParent(), "not within the repository");
    }
    return folder;
  }

  /** The project and its libraries, on the module path or the class path. */
  static List<Path> locations() {
    ModuleLayer layer = Pipeline.class.getModule().getLayer();
    if (layer == null) {
      return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
          .map(Path::of)
          .toList();
    }
    return layer.configuration().modules().stream()
        .map(ResolvedModule::reference)
        .map(ModuleReference::location)
        .flatMap(Optional::stream)
        .filter(uri -> uri.getScheme().equals("file"))
        .map(Path::of)
        .sorted()
        .toList();
  }

  /** The same as an argument. */
  static String classPath() {
    return locations().stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }
}
