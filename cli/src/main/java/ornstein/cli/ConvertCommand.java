package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import ornstein.diffusion.NoisyClassifier;
import ornstein.diffusion.Pipeline;
import ornstein.diffusion.pretrained.DiffusersFolder;
import ornstein.engine.io.DType;
import ornstein.engine.io.SafeTensorsWriter;
import ornstein.nn.checkpoint.Checkpoint;
import ornstein.nn.checkpoint.NetworkKind;
import ornstein.nn.checkpoint.WeightFile;
import ornstein.nn.family.Family;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model in another family's form. */
@Command(
    name = "convert",
    description = {
      "Writes a model as another project has it.",
      "As a file of this project (ornstein), safetensors in improved-diffusion's or "
          + "ddim's names, or a folder that diffusers loads."
    },
    sortOptions = false,
    customSynopsis = {"ornstein convert IN OUT --to=FAMILY [OPTION]..."},
    footer = {
      "  ornstein convert ema_0.9999_500000.pt cifar.safetensors --to ornstein \\",
      "      --image_size 32 --noise_schedule cosine --diffusion_steps 4000",
      "  ornstein convert demo/model.safetensors for-diffusers/ --to diffusers",
      "  ornstein convert run/model.safetensors pets.safetensors --to ornstein --half \\",
      "      --class-names cat,dog"
    })
final class ConvertCommand implements Callable<Integer> {
  private static final String OWN = "ornstein";

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "IN",
      description = "The model, a file or a folder of diffusers.")
  Path in = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "OUT",
      description = "A .safetensors file; for diffusers a folder.")
  Path out = Path.of("");

  @Option(
      names = "--to",
      required = true,
      paramLabel = "FAMILY",
      description = "ornstein, openai, ddim or diffusers.")
  String to = OWN;

  @Option(
      names = "--half",
      description = "Store weights in 16 bits (F16): half the size, rounded to three digits.")
  boolean half;

  @Option(
      names = "--class-names",
      split = ",",
      paramLabel = "NAME",
      description = "Names of the classes in order, with commas between; with --to ornstein.")
  List<String> classNames = List.of();

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  ConvertCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    boolean own = to.equals(OWN);
    Family family = own ? Family.OPENAI : usage.valid(() -> Family.named(to));
    boolean folder = !own && family == Family.DIFFUSERS;
    usage.require(
        folder || out.toString().endsWith(".safetensors"),
        "OUT " + out + " must end in .safetensors");
    usage.require(!folder || !Files.isRegularFile(out), "OUT " + out + " is a file; give a folder");
    usage.require(
        own || classNames.isEmpty(), "--class-names is for --to ornstein; leave it out otherwise");
    usage.require(!half || !folder, "--half is for single files; leave it out for diffusers");
    usage.require(
        !Files.exists(in) || !Files.exists(out) || !Files.isSameFile(in, out),
        "OUT "
            + out
            + " is IN itself; give another name, for rounding or renaming loses something");
    if (own && isClassifier()) {
      return convertClassifier(usage);
    }
    Pipeline model = named(usage, foreign.open(usage, in));
    DType type = half ? DType.F16 : DType.F32;
    try {
      if (own) {
        model.save(out, type);
      } else if (folder) {
        new DiffusersFolder(out).write(model);
      } else {
        SafeTensorsWriter writer = new SafeTensorsWriter().metadata("format", "pt");
        family.weights(model.model()).write(writer, type);
        writer.write(out);
      }
    } catch (IllegalArgumentException e) {
      throw usage.error(String.valueOf(e.getMessage()));
    }
    return done();
  }

  private int done() {
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.println("wrote " + out);
    terminal.flush();
    return ExitCode.OK;
  }

  private int convertClassifier(UsageCheck usage) throws IOException {
    usage.require(
        classNames.isEmpty(),
        "--class-names is for diffusion models; leave it out for a classifier");
    foreign.requireUnset(usage, "a classifier");
    NoisyClassifier classifier = NoisyClassifier.load(in);
    try {
      classifier.save(out, half ? DType.F16 : DType.F32);
    } catch (IllegalArgumentException e) {
      throw usage.error(String.valueOf(e.getMessage()));
    }
    return done();
  }

  private boolean isClassifier() throws IOException {
    return Files.isRegularFile(in)
        && WeightFile.format(in) == WeightFile.Format.SAFETENSORS
        && Checkpoint.holds(NetworkKind.CLASSIFIER, in);
  }

  private Pipeline named(UsageCheck usage, Pipeline model) {
    if (classNames.isEmpty()) {
      return model;
    }
    usage.require(
        classNames.size() == model.classes(),
        "--class-names has "
            + classNames.size()
            + " names, the model "
            + model.classes()
            + " classes");
    return Pipeline.of(model.model(), model.config().withClassNames(classNames));
  }
}
