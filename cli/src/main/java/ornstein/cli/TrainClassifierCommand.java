package ornstein.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import ornstein.diffusion.DiffusionConfig;
import ornstein.diffusion.NoisyClassifier;
import ornstein.diffusion.data.ImageDataset;
import ornstein.diffusion.train.ClassifierTrainer;
import ornstein.diffusion.train.TrainingConfig;
import ornstein.nn.unet.EncoderUNet;
import ornstein.nn.unet.UNetConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a classifier of noisy images. */
@Command(
    name = "train-classifier",
    description = {
      "Trains a classifier of noisy or clean images.",
      "It learns images at every level of a model's noise; sample --classifier then "
          + "pulls the model's images towards a class. Without --model it learns clean "
          + "images; eval --extractor then measures samples by it. Writes model.safetensors, "
          + "checkpoints and metrics."
    },
    sortOptions = false,
    customSynopsis = {"ornstein train-classifier --data=PATH [--model=FILE] [OPTION]..."},
    footer = {
      "  ornstein train-classifier --data digits --model demo/model.safetensors --minutes 1",
      "  ornstein sample --model demo/model.safetensors --label 3 \\",
      "      --classifier classifier/model.safetensors --classifier-scale 2",
      "  ornstein train-classifier --data digits --minutes 1 --out clean-classifier",
      "  ornstein eval --model demo/model.safetensors --data digits \\",
      "      --extractor clean-classifier/model.safetensors"
    })
final class TrainClassifierCommand implements Callable<Integer> {
  @Spec CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "The model to be guided: its noise is what the classifier learns to see through. Default:"
              + " none, clean images.")
  @Nullable Path model;

  @Mixin(name = "Images")
  DatasetArguments dataset = new DatasetArguments();

  @Mixin(name = "Training images")
  TrainingImages images = new TrainingImages();

  @Mixin(name = "Length")
  LimitArguments limits = new LimitArguments();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results. Default: ${DEFAULT-VALUE}.")
  Path out = Path.of("classifier");

  @Mixin(name = "Run")
  RunArguments run = new RunArguments();

  @Mixin(name = "Optimisation")
  TrainingArguments training = new TrainingArguments();

  @Mixin(name = "Network")
  NetworkArguments network = new NetworkArguments();

  @Mixin(name = "Checkpoints of OpenAI's projects and ddim")
  ForeignArguments foreign = new ForeignArguments();

  TrainClassifierCommand() {}

  @Override
  public Integer call() throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    OutputFolder folder = OutputFolder.of(usage, out);
    if (run.resume) {
      RunRecord begun = RunFolder.record(usage, folder);
      TrainClassifierCommand command = (TrainClassifierCommand) begun.resumedBy(spec).userObject();
      command.dataset.relativeTo(begun.directory());
      Path guided = command.model;
      if (guided != null) {
        command.model = BuiltInModel.resolve(Path.of(begun.directory()), guided);
      }
      return command.train(folder);
    }
    return train(folder);
  }

  private int train(OutputFolder folder) throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    RunArguments settings = run.checked(usage);
    if (!settings.resume) {
      RunFolder.requireFree(usage, folder);
    }
    TrainingConfig config = training.config(usage, new ObjectiveArguments(), false, limits);
    Path file = model;
    DiffusionConfig guided = file == null ? null : foreign.open(usage, file).config();
    try (ImageDataset all = dataset.open(usage)) {
      return train(
          folder, config, guided, images.training(usage, all), images.heldBack(usage, all));
    }
  }

  private int train(
      OutputFolder folder,
      TrainingConfig config,
      @Nullable DiffusionConfig guided,
      ImageDataset data,
      @Nullable ImageDataset held)
      throws IOException {
    UsageCheck usage = new UsageCheck(spec);
    if (guided != null) {
      usage.require(
          data.height() == guided.height() && data.width() == guided.width(),
          String.format(
              "the model makes images of %dx%d, these are %dx%d; give --size %s",
              guided.height(),
              guided.width(),
              data.height(),
              data.width(),
              new ImageSize(guided.height(), guided.width())));
    }
    UNetConfig encoder = network.classifier(usage, data);
    ClassifierTrainer trainer =
        usage.valid(
            () ->
                guided == null
                    ? ClassifierTrainer.ofClean(encoder, data, config)
                    : new ClassifierTrainer(
                        encoder, guided.withClassNames(data.classNames()), data, config));
    folder.create();
    String what =
        String.format(
            Locale.ROOT,
            "a classifier of %,d weights on %,d images of %d classes",
            EncoderUNet.parameterCount(encoder, data.height(), data.width()),
            data.size(),
            data.classes());
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.println(
        "training "
            + what
            + ", until "
            + LimitArguments.describe(config.maxSteps(), config.timeLimit()));
    terminal.flush();
    SequencedMap<String, String> description = new LinkedHashMap<>(Map.of("network", what));
    try (RunFolder kept = RunFolder.open(folder)) {
      kept.prepare(spec, trainer, description, run.resume);
      TrainingRun<NoisyClassifier> training =
          new TrainingRun<>(spec.commandLine(), trainer, folder, kept, run);
      if (held != null) {
        training.validatedBy(trainer.validation(held));
      }
      NoisyClassifier trained = training.run();
      return trained == null ? Interruption.EXIT_CODE : ExitCode.OK;
    }
  }
}
