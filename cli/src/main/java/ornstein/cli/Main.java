package ornstein.cli;

import java.lang.module.ModuleDescriptor;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code ornstein} command. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(
    name = "ornstein",
    description = "Trains diffusion models and samples from them, in pure Java.",
    subcommands = {
      DemoCommand.class,
      ToyCommand.class,
      TrainCommand.class,
      TrainClassifierCommand.class,
      ReportCommand.class,
      SampleCommand.class,
      ModelsCommand.class,
      CompareCommand.class,
      EncodeCommand.class,
      DecodeCommand.class,
      InterpolateCommand.class,
      InpaintCommand.class,
      NllCommand.class,
      ReproduceCommand.class,
      EvalCommand.class,
      InspectCommand.class,
      ConvertCommand.class,
      PredictCommand.class,
      DoctorCommand.class
    },
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    usageHelpAutoWidth = true,
    footerHeading = "%nExamples:%n",
    footer = {
      "  ornstein sample",
      "  ornstein demo",
      "  ornstein toy --data moons --solver heun --steps 10",
      "  ornstein train --data photos/ --size 64x64 --hours 8",
      "  ornstein sample --model run/model.safetensors -n 16",
      "  ornstein train --help",
      "",
      "Benchmarks are a program of their own: ornstein bench --help"
    })
public final class Main implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = OneLineErrors.VERBOSE,
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of a failure.")
  boolean verbose;

  Main() {}

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param args the command's name, options and values
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  /** The whole command line, ready to execute. */
  static CommandLine commandLine() {
    OneLineErrors errors = new OneLineErrors();
    CommandLine main =
        new CommandLine(new Main())
            .setParameterExceptionHandler(errors)
            .setExecutionExceptionHandler(errors)
            .setExecutionStrategy(errors::run)
            .setCaseInsensitiveEnumValuesAllowed(true);
    listInSections(main);
    return main;
  }

  private static void listInSections(CommandLine parent) {
    for (CommandLine command : parent.getSubcommands().values()) {
      command
          .getHelpSectionMap()
          .put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, new OptionSections());
      listInSections(command);
    }
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command given");
  }

  /** Says which version this is, from the module's descriptor, and on which JVM it runs. */
  static final class Version implements IVersionProvider {
    Version() {}

    @Override
    public String[] getVersion() {
      Optional<String> version =
          Optional.ofNullable(Main.class.getModule().getDescriptor())
              .flatMap(ModuleDescriptor::rawVersion);
      return new String[] {
        "ornstein " + version.orElse("(not packaged)"),
        "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
      };
    }
  }
}
