package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes the page about a training run anew. */
@Command(
    name = "report",
    description = {
      "Writes report.html into the folder of a training run.",
      "It shows the run's course, pictures and settings, and the commands to go on. "
          + "Training does so itself when it stops; this is for a run that is at work or was "
          + "killed."
    },
    footer = {"  ornstein report run", "  ornstein report mnist fashion"})
final class ReportCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description = "Folder that train or train-classifier wrote.")
  Path[] runs = {};

  ReportCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    PrintWriter out = spec.commandLine().getOut();
    for (Path run : runs) {
      usage.require(
          Files.exists(run.resolve(RunFolder.RECORD))
              || Files.exists(run.resolve(TrainingLog.METRICS)),
          run
              + " holds no training run: it has neither "
              + RunFolder.RECORD
              + " nor "
              + TrainingLog.METRICS
              + "; give the folder that train wrote as --out");
    }
    for (Path run : runs) {
      out.println("wrote " + RunReport.write(run));
    }
    out.flush();
    return ExitCode.OK;
  }
}
