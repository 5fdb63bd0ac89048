package ornstein.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What can be done with the folder of a training run, as commands to copy into a shell. */
final class RunCommands {
  private final Path folder;
  private final @Nullable RunRecord record;
  private final String classNames;

  /**
   * Prepares the commands.
   *
   * @param folder the run's folder
   * @param record what began it, or null if that is not known
   * @param classNames names of the model's classes, a line each, or null if it has none
   */
  RunCommands(Path folder, @Nullable RunRecord record, @Nullable String classNames) {
    this.folder = folder;
    this.record = record;
    this.classNames = classNames == null ? "" : classNames;
  }

  /**
   * The commands, each under a line of what it does.
   *
   * @param modelled whether there is a model yet
   */
  List<String> lines(boolean modelled) {
    List<String> lines = new ArrayList<>();
    if (modelled) {
      lines.add("# samples from it");
      lines.addAll(sampling(word(folder.resolve(TrainingRun.MODEL).toString())));
    }
    lines.add("# goes on with it; --steps or --hours prolongs it");
    lines.add("./ornstein " + command() + " --resume --out " + word(folder.toString()));
    if (record != null) {
      lines.add("# began it, in " + record.directory());
      lines.add(
          "./ornstein "
              + record.arguments().stream()
                  .map(RunCommands::word)
                  .collect(Collectors.joining(" ")));
    }
    lines.add("# makes this page anew");
    lines.add("./ornstein report " + word(folder.toString()));
    return lines;
  }

  private String command() {
    return record == null ? "train" : record.command();
  }

  private List<String> sampling(String model) {
    List<String> classes = List.of(classNames.split("\n", -1));
    String label = " --label " + word(classes.getFirst());
    if (!command().equals("train")) {
      return List.of(classifying(model, label));
    }
    String sample = "./ornstein sample --model " + model;
    List<String> lines = new ArrayList<>(List.of(sample + " -n 64 --out samples.png"));
    if (!classes.getFirst().isEmpty()) {
      lines.add(sample + label + " --gif denoising.gif");
    }
    return lines;
  }

  /** A classifier guides the model that it was made for, or measures samples if for none. */
  private String classifying(String classifier, String label) {
    String guided = guided();
    return guided.isEmpty()
        ? "./ornstein eval --model MODEL --data DATA --extractor " + classifier
        : "./ornstein sample --model " + guided + " --classifier " + classifier + label;
  }

  /** The model that the command was given; empty if none. */
  private String guided() {
    if (record == null) {
      return "";
    }
    List<String> arguments = record.arguments();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      String value =
          argument.startsWith("--model=")
              ? argument.substring("--model=".length())
              : argument.equals("--model") && i + 1 < arguments.size() ? arguments.get(i + 1) : "";
      if (!value.isEmpty()) {
        Path directory = Path.of(record.directory());
        return word(BuiltInModel.resolve(directory, Path.of(value)).toString());
      }
    }
    return "";
  }

  /** As a shell takes it. */
  private static String word(String argument) {
    return argument.matches("[A-Za-z0-9_@%+=:,./-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
