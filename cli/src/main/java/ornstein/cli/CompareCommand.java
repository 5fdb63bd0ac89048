package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.SampleRequest;
import ornstein.diffusion.data.Images;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Samples from the same noise in several ways, side by side. */
@Command(
    name = "compare",
    description = {
      "Samples from the same noise with several samplers.",
      "Writes one picture, a row for each sampler and number of steps, and beside it a "
          + "table (.csv): evaluations of the network, seconds, and how far the images are "
          + "from those of the reference. Stochastic samplers draw noise of their own on the "
          + "way, so that their images are others, not worse ones: they have no distance."
    },
    sortOptions = false,
    customSynopsis = {"ornstein compare [--model=MODEL] [OPTION]..."},
    footer = {
      "  ornstein compare",
      "  ornstein compare --model run/model.safetensors \\",
      "      --samplers \"ddim:10,ddim:50,ddpm:1000,heun:20,dpm++2m:15\" --out samplers.png",
      "  ornstein compare --model run/model.safetensors --label 7 -n 12 \\",
      "      --samplers \"ddim:25,ddim:25:0.5,heun:10:karras,rk4:100\" --reference rk4:100"
    })
final class CompareCommand implements Callable<Integer> {
  private static final int MOST_IMAGES = 64;
  private static final String DEFAULT =
      "ddim:5,ddim:10,ddim:50,dpm++2m:10,midpoint:10,plms:20,ddpm:50,ddpm:250,rk4:50";

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = "The model, of any kind that sample takes. Default: ${DEFAULT-VALUE}.")
  Path model = Path.of(BuiltInModel.FASHION.modelName());

  @Option(
      names = "--samplers",
      paramLabel = "LIST",
      description = {
        "What to compare, with commas between: NAME:STEPS, where NAME is a --sampler or --solver of"
            + " sample. A third part is eta for ddim (ddim:50:1), the grid for solvers"
            + " (heun:20:karras). Default: "
            + DEFAULT
            + "."
      })
  @Nullable String samplers;

  @Option(
      names = "--reference",
      paramLabel = "NAME:STEPS",
      description =
          "Which of them the others are measured against. Default: the last deterministic one.")
  @Nullable String reference;

  @Option(
      names = {"-n", "--n"},
      paramLabel = "N",
      description = "Images in a row, 1 to " + MOST_IMAGES + ". Default: ${DEFAULT-VALUE}.")
  int count = 10;

  @Option(
      names = "--label",
      paramLabel = "CLASS",
      description =
          "Class to sample, by name or number, or several with commas. Default: every class equally"
              + " often.")
  @Nullable String label;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Seed of the noise. Default: ${DEFAULT-VALUE}.")
  long seed = 0;

  @Option(
      names = "--guidance",
      paramLabel = "SCALE",
      description = "Classifier-free guidance, as in sample. Default: 1, none.")
  double guidance = 1;

  @Option(
      names = "--no-clip",
      description = "Do not clip predictions to the range of the data at each step.")
  boolean noClip;

  @Option(
      names = "--scale",
      paramLabel = "N",
      description = "Enlarge each pixel of the picture to N pixels a side.")
  @Nullable Integer scale;

  @Option(
      names = "--out",
      paramLabel = "FILE.png",
      description = "The picture; the table goes beside it. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("compare.png");

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  CompareCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    usage.require(
        count >= 1 && count <= MOST_IMAGES,
        "-n must be from 1 to " + MOST_IMAGES + ", got " + count);
    usage.require(scale == null || scale >= 1, "--scale must be at least 1, got " + scale);
    usage.require(Double.isFinite(guidance), "--guidance must be finite, got " + guidance);
    String file = out.toString();
    usage.require(
        file.toLowerCase(Locale.ROOT).endsWith(".png"),
        "--out " + out + " must end in .png; the table is written beside it as .csv");
    List<SamplerChoice> choices = new ArrayList<>();
    for (String text : (samplers == null ? DEFAULT : samplers).split(",", -1)) {
      choices.add(SamplerChoice.parse(usage, text));
    }
    SamplerChoice against = reference(usage, choices);
    try (Pipeline pipeline = foreign.open(usage, model)) {
      SamplerComparison comparison = new SamplerComparison(pipeline, request(usage, pipeline));
      for (SamplerChoice choice : choices) {
        choice.arguments().noClip = noClip;
        if (samplers == null) {
          int chain = pipeline.config().steps();
          choice.arguments().steps = Math.min(choice.arguments().count(), chain);
        }
        comparison.add(usage, choice, choice.equals(against));
      }
      usage.require(
          comparison.fits(scale),
          "a picture of "
              + choices.size()
              + " rows of "
              + count
              + " images would be over 64 megapixels; give a smaller --scale or -n, or fewer"
              + " --samplers");
      return run(comparison, Path.of(file.substring(0, file.length() - 4) + ".csv"));
    }
  }

  private @Nullable SamplerChoice reference(UsageCheck usage, List<SamplerChoice> choices) {
    List<SamplerChoice> possible = choices.stream().filter(SamplerChoice::isDeterministic).toList();
    if (reference == null) {
      return possible.isEmpty() ? null : possible.getLast();
    }
    SamplerChoice wanted = SamplerChoice.parse(usage, reference);
    return possible.stream()
        .filter(choice -> choice.isSameAs(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                usage.error(
                    "--reference "
                        + reference
                        + " must be one of --samplers, and a deterministic one: ddim or a solver"
                        + " that draws no noise"));
  }

  private SampleRequest request(UsageCheck usage, Pipeline pipeline) {
    SampleRequest request = SampleRequest.of(count).seed(seed).batch(count).guidance(guidance);
    String wanted = label;
    if (wanted == null) {
      return request;
    }
    LabelSelection selection =
        new LabelSelection(usage, pipeline.classes(), pipeline.config().classNames());
    return request.labels(selection.labels(wanted, count));
  }

  private int run(SamplerComparison comparison, Path table) throws IOException {
    Path parent = out.toAbsolutePath().getParent();
    if (parent != null) {
      OutputFolder.create(parent);
    }
    PrintWriter terminal = spec.commandLine().getOut();
    try (Interruption interruption =
        Interruption.guard(spec.commandLine(), "interrupted", () -> {})) {
      try (ProgressDisplay display = ProgressDisplay.open(spec.commandLine(), "sampling")) {
        comparison.run(
            (done, total, what) -> {
              display.update(done, total, what);
              return !interruption.requested();
            });
      } catch (CancellationException e) {
        terminal.println("nothing written");
        return Interruption.EXIT_CODE;
      }
      Images.savePng(out, comparison.picture(scale));
      comparison.saveCsv(table);
      comparison.markdown().forEach(terminal::println);
      terminal.println("wrote " + out + ", " + table);
      return ExitCode.OK;
    } finally {
      terminal.flush();
    }
  }
}
