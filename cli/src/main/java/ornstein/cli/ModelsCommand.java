package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.engine.io.AtomicFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the built-in models, shows a card, or writes a model to a file. */
@Command(
    name = "models",
    description = {
      "Lists the built-in models, or shows one's card.",
      "A card says what data, licence and command a model has, how long it was trained "
          + "and what it measures. Wherever a command takes a --model, the name will do."
    },
    sortOptions = false,
    footer = {
      "  ornstein models",
      "  ornstein models fashion",
      "  ornstein models fashion --export fashion.safetensors"
    })
final class ModelsCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "A built-in model.")
  @Nullable String name;

  @Option(
      names = "--export",
      paramLabel = "FILE",
      description = "Write the model there too, to embed it or to go on with it.")
  @Nullable Path export;

  ModelsCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    PrintWriter out = spec.commandLine().getOut();
    if (name == null) {
      usage.require(export == null, "--export needs the NAME of a model before it");
      for (BuiltInModel model : BuiltInModel.values()) {
        out.println(line(model));
      }
    } else {
      BuiltInModel model = named(usage, name);
      if (export == null) {
        out.print(model.card());
      } else {
        AtomicFile.write(export, to -> to.write(model.content()));
        out.println("wrote " + export);
      }
    }
    out.flush();
    return ExitCode.OK;
  }

  private static BuiltInModel named(UsageCheck usage, String name) {
    for (BuiltInModel model : BuiltInModel.values()) {
      if (model.modelName().equals(name)) {
        return model;
      }
    }
    throw usage.error(
        "no built-in model is called '"
            + name
            + "'; there are "
            + String.join(" and ", BuiltInModel.names()));
  }

  private static String line(BuiltInModel built) throws IOException {
    try (Pipeline model = built.open()) {
      return String.format(
          Locale.ROOT,
          "%-8s %dx%d, %d channel(s), %d classes, %,d weights, %,d kB",
          built.modelName(),
          model.config().height(),
          model.config().width(),
          model.model().config().inChannels(),
          model.classes(),
          model.model().config().parameterCount(),
          built.content().length / 1000);
    }
  }
}
