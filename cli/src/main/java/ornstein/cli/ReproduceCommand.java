package ornstein.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures tables of papers anew, on small models. */
@Command(
    name = "reproduce",
    description = {
      "Measures a table of a paper anew on a small model, beside the published rows.",
      "Says whether what the paper shows holds, and writes CSV, Markdown and a picture."
    },
    subcommands = {
      DdimTable1Command.class,
      DdimTable2Command.class,
      IddpmNllCommand.class,
    },
    footer = {
      "  ornstein reproduce ddim-table1",
      "  ornstein reproduce ddim-table2 --model fashion --data t10k-images-idx3-ubyte.gz",
      "  ornstein reproduce iddpm-nll --steps 2000"
    })
final class ReproduceCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  ReproduceCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "no table given; give one of " + String.join(", ", spec.subcommands().keySet()));
  }
}
