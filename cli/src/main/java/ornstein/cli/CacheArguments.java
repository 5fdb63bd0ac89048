package ornstein.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.eval.ReferenceCache;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Where statistics of reference images are kept. */
final class CacheArguments {
  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description =
          "Folder for statistics of reference images, so that they are computed once. Default:"
              + " ornstein in $XDG_CACHE_HOME or ~/.cache.")
  @Nullable Path folder;

  @Option(names = "--no-cache", description = "Compute them anew and keep nothing.")
  boolean none;

  CacheArguments() {}

  /** The cache that is asked for. */
  ReferenceCache cache(CommandSpec spec) {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(!none || folder == null, "--cache and --no-cache exclude each other; give one");
    if (none) {
      return ReferenceCache.none();
    }
    PrintWriter err = spec.commandLine().getErr();
    return ReferenceCache.in(
        folder == null
            ? byDefault(System.getenv("XDG_CACHE_HOME"), System.getProperty("user.home"))
            : folder,
        line -> {
          err.println(line);
          err.flush();
        });
  }

  /** As the XDG Base Directory Specification has it: a path that is not absolute is ignored. */
  static Path byDefault(@Nullable String caches, String home) {
    boolean given = caches != null && Path.of(caches).isAbsolute();
    return (given ? Path.of(caches) : Path.of(home, ".cache")).resolve("ornstein");
  }
}
