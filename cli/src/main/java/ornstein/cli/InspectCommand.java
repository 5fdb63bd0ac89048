package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import ornstein.diffusion.Pipeline;
import ornstein.engine.io.FormatException;
import ornstein.nn.Weights;
import ornstein.nn.checkpoint.WeightFile;
import ornstein.nn.family.FamilyWeights;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a file of weights holds. */
@Command(
    name = "inspect",
    description = {
      "Says what a file or folder of weights holds: format, family, configuration, tensors.",
      "Nothing in it is executed."
    },
    sortOptions = false,
    customSynopsis = {"ornstein inspect FILE [OPTION]..."},
    footer = {
      "  ornstein inspect demo/model.safetensors",
      "  ornstein inspect ema_0.9999_500000.pt --num_heads 4",
      "  ornstein inspect ddpm-cifar10-32/ --tensors"
    })
final class InspectCommand implements Callable<Integer> {
  private static final int FEW = 12;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "FILE",
      description =
          "safetensors, PyTorch checkpoint (.pt, .ckpt, .bin), npz, or a folder of diffusers.")
  Path file = Path.of("");

  @Option(
      names = "--tensors",
      description = "List all tensors with their shapes, not the first few only.")
  boolean tensors;

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  InspectCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (Files.isDirectory(file)) {
      out.println("format: folder of diffusers");
    } else {
      raw(out);
    }
    configuration(out);
    out.flush();
    return ExitCode.OK;
  }

  private void raw(PrintWriter out) throws IOException {
    try (WeightFile opened = WeightFile.open(file)) {
      Weights all = opened.weights();
      out.println("format: " + opened.format().name().toLowerCase(Locale.ROOT));
      out.printf(Locale.ROOT, "tensors: %,d with %,d values%n", all.names().size(), all.size());
      int shown = 0;
      for (String name : all.names()) {
        if (!tensors && shown == FEW) {
          out.println("  ... (--tensors lists all)");
          break;
        }
        out.println("  " + name + " " + all.shape(name));
        shown++;
      }
      List<FamilyWeights> found = FamilyWeights.in(all);
      for (FamilyWeights each : found) {
        out.printf(
            Locale.ROOT,
            "network: %s of the family %s%s, %,d parameters%n",
            each.isClassifier() ? "classifier" : "U-Net",
            each.family(),
            each.prefix().isEmpty() ? "" : ", under the prefix " + each.prefix(),
            each.weights().size());
      }
      if (found.isEmpty()) {
        out.println("network: of no family that is known");
      }
      opened.metadata().forEach((key, value) -> out.println("metadata: " + key + " = " + value));
    }
  }

  /** What would be sampled; a file of something else has none, which is no failure. */
  private void configuration(PrintWriter out) throws IOException {
    Pipeline model;
    try {
      model = foreign.open(new UsageCheck(spec), file);
    } catch (FormatException e) {
      out.println("configuration: none; " + OneLineErrors.describe(e));
      return;
    }
    out.println("configuration:");
    for (Map.Entry<String, String> e : model.model().config().toMetadata().entrySet()) {
      out.println("  " + e.getKey() + " = " + e.getValue());
    }
    for (Map.Entry<String, String> e : model.config().toMetadata().entrySet()) {
      out.println("  " + e.getKey() + " = " + e.getValue());
    }
  }
}
