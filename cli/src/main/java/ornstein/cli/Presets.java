package ornstein.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Named settings of {@code train}: options in a resource, each on a line of its own. */
final class Presets {
  private static final List<String> NAMES = List.of("8x8", "28x28", "32x32", "64x64");
  private static final Pattern COMMENT = Pattern.compile("#.*");

  private Presets() {}

  /** Gives the options of a preset to a command, where it was not given others. */
  static void apply(UsageCheck usage, String name) {
    usage.require(
        NAMES.contains(name),
        "--preset '" + name + "' is unknown; use one of " + String.join(", ", NAMES));
    CommandSpec command = usage.spec();
    String[] arguments = read(name).toArray(String[]::new);
    ParseResult preset = Main.commandLine().parseArgs(arguments).subcommand();
    ParseResult given = command.commandLine().getParseResult();
    for (OptionSpec option : preset.matchedOptions()) {
      if (!given.hasMatchedOption(option.longestName())) {
        command.findOption(option.longestName()).setValue(option.getValue());
      }
    }
  }

  private static List<String> read(String name) {
    try (InputStream in = Presets.class.getResourceAsStream("preset-" + name + ".txt")) {
      if (in == null) {
        throw new IllegalStateException("preset " + name + " is missing in the jar");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      return lines
          .lines()
          .map(line -> COMMENT.matcher(line).replaceAll("").strip())
          .filter(line -> !line.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
