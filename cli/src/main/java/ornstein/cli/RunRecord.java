package ornstein.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import ornstein.engine.io.FormatException;
import ornstein.engine.io.JsonFile;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The command that began a run, as the run's folder remembers it.
 *
 * @param arguments all that the program was given: the command's name and what was given around it
 * @param directory where it was given, which relative paths start from
 * @param description data and network in words
 * @param configuration of network and diffusion, under the keys of a model's file
 */
record RunRecord(
    List<String> arguments,
    String directory,
    SequencedMap<String, String> description,
    SequencedMap<String, String> configuration) {
  private static final String ARGUMENTS = "arguments";
  private static final String DIRECTORY = "directory";
  private static final String DESCRIPTION = "description";
  private static final String CONFIGURATION = "configuration";

  /** Options that end a run. */
  private static final Set<String> LENGTH = Set.of("--steps", "--seconds", "--minutes", "--hours");

  /** Options that do not change which weights come out, but for the run's length. */
  private static final Set<String> FREE =
      Set.of(
          "--save-every",
          "--keep",
          "--log-every",
          "--validate-every",
          "--sample-every",
          "--non-finite",
          "--loading",
          "--data-memory",
          "--verbose");

  private static final Set<String> PLACE = Set.of("--out", "--resume");

  RunRecord {
    arguments = List.copyOf(arguments);
    description = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(description));
    configuration = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(configuration));
  }

  /** The command at work. */
  static RunRecord of(
      CommandSpec spec,
      SequencedMap<String, String> description,
      SequencedMap<String, String> configuration) {
    ParseResult parsed = spec.commandLine().getParseResult();
    ParseResult root = spec.parent() == null ? parsed : spec.root().commandLine().getParseResult();
    return new RunRecord(
        root.originalArgs(), Path.of("").toAbsolutePath().toString(), description, configuration);
  }

  /** The command's name; options of the program itself, which have no values, may precede it. */
  String command() {
    return arguments.stream().filter(word -> !isOption(word)).findFirst().orElseThrow();
  }

  private static boolean isOption(String argument) {
    return argument.startsWith("-");
  }

  /** Writes it. */
  void save(Path file) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put(ARGUMENTS, arguments);
    members.put(DIRECTORY, directory);
    members.put(DESCRIPTION, description);
    members.put(CONFIGURATION, configuration);
    JsonFile.write(file, members);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @throws FormatException if it lacks what a record has, or names no command
   */
  static RunRecord load(Path file) throws IOException {
    Map<String, Object> members = JsonFile.read(file);
    if (members.get(ARGUMENTS) instanceof List<?> arguments
        && members.get(DIRECTORY) instanceof String directory
        && arguments.stream().allMatch(String.class::isInstance)) {
      List<String> words = arguments.stream().map(String.class::cast).toList();
      if (words.stream().allMatch(RunRecord::isOption)) {
        throw new FormatException(
            file.toString(),
            null,
            -1,
            "is no record of a run: its '" + ARGUMENTS + "' name no command");
      }
      return new RunRecord(
          words, directory, texts(members.get(DESCRIPTION)), texts(members.get(CONFIGURATION)));
    }
    throw new FormatException(
        file.toString(),
        null,
        -1,
        "is no record of a run: it lacks '" + ARGUMENTS + "' or '" + DIRECTORY + "'");
  }

  /** Texts for people; a record without them is a good one. */
  private static SequencedMap<String, String> texts(@Nullable Object member) {
    SequencedMap<String, String> texts = new LinkedHashMap<>();
    if (member instanceof Map<?, ?> map) {
      map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }

  /**
   * The recorded command with those settings of another that may be changed.
   *
   * @param now the command at work, which resumes the run
   * @return a command ready to be called
   */
  CommandSpec resumedBy(CommandSpec now) {
    UsageCheck usage = new UsageCheck(now);
    CommandLine main = Main.commandLine();
    main.setOut(now.commandLine().getOut()).setErr(now.commandLine().getErr());
    ParseResult parsed = main.parseArgs(arguments.toArray(String[]::new));
    CommandSpec before = parsed.subcommand().commandSpec();
    usage.require(
        before.name().equals(now.name()),
        "the run was begun by ornstein " + before.name() + "; resume it with that command");
    List<OptionSpec> given = new ArrayList<>(now.commandLine().getParseResult().matchedOptions());
    given.removeIf(option -> PLACE.contains(option.longestName()));
    if (given.stream().anyMatch(option -> LENGTH.contains(option.longestName()))) {
      LENGTH.forEach(name -> before.findOption(name).setValue(null));
    }
    for (OptionSpec option : given) {
      OptionSpec recorded = before.findOption(option.longestName());
      String name = option.longestName();
      if (LENGTH.contains(name) || FREE.contains(name)) {
        recorded.setValue(option.getValue());
      } else {
        usage.require(
            Objects.equals(recorded.<Object>getValue(), option.<Object>getValue()),
            name
                + " "
                + words(option)
                + " is not what the run was begun with ("
                + words(recorded)
                + "); leave it out to go on, or begin a new run in another --out");
      }
    }
    for (String name : PLACE) {
      before.findOption(name).setValue(now.findOption(name).getValue());
    }
    return before;
  }

  private static String words(OptionSpec option) {
    Object value = option.getValue();
    return value == null ? "not given" : value.toString();
  }
}
